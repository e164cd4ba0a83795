import Commands
import ContainerRuntime
import Glibc
import Synchronization
import Terminal

/// What all sessions share: the commands, the toolbox, and where the learner stands in it.
final class CellRunner {
    let configuration: ShellConfiguration
    let commands: CommandSet
    let toolbox: Toolbox
    /// The working directory in the toolbox's shell.
    var workingDirectory = "/work"
    var lastStatus: Int32 = 0

    /// - Throws: where the socket for the toolbox cannot be made.
    init(_ configuration: ShellConfiguration, builtins: [Command]) throws(ShellError) {
        self.configuration = configuration
        let commands = CommandSet(
            commands: configuration.commands + builtins, executor: configuration.commandExecutor)
        self.commands = commands
        let directory = configuration.runtimeDirectory + "/toolbox"
        let bin = directory + "/bin"
        for path in [configuration.runtimeDirectory, directory, bin] { mkdir(path, 0o755) }
        // Names that the image does not have as programs.
        for name in commands.names { symlink(Toolbox.stub, bin + "/" + name) }
        let toolboxBox = Arrival<Toolbox>()
        let language = configuration.language
        let server = CommandServer(path: directory + "/command.sock") { request, descriptors in
            guard let toolbox = toolboxBox.value else { return 125 }
            return await Self.serve(request, descriptors, commands, toolbox, language)
        }
        guard let server else { throw .socket(path: directory + "/command.sock", errno: errno) }
        toolbox = Toolbox(
            runtime: configuration.runtime, directory: directory, startDirectory: configuration.startDirectory,
            dns: configuration.dns, environment: Self.toolboxEnvironment(configuration.environment), server: server)
        toolboxBox.set(toolbox)
        server.start()
    }

    /// A second place in the same toolbox, with the same commands.
    init(beside other: CellRunner) {
        configuration = other.configuration
        commands = other.commands
        toolbox = other.toolbox
    }

    /// The command of ours that a cell is, if it needs no shell.
    func simpleCommand(_ cell: String) -> (command: Command, words: [String])? {
        guard let line = SimpleLine(cell), let command = commands.named(line.words[0]) else { return nil }
        return (command, Array(line.words.dropFirst()))
    }

    /// What may help where the shell has not found a command: what does its job here, or what was meant.
    func advice(for cell: String, status: Int32) -> Localized? {
        guard status == 127 else { return nil }
        if let advice = AbsentProgram.advice(for: cell) { return advice }
        let strangers = AbsentProgram.commandWords(of: cell).filter { commands.named($0) == nil }
        return strangers.lazy.compactMap { self.commands.nearest(to: $0) }.first.map(ToolboxMessage.didYouMean)
    }

    /// What `quit` says where it leaves something smaller than the shell. Not for use on the cooperative pool.
    func quitText(_ cell: String) -> String? {
        guard cell.split(whereSeparator: \.isWhitespace).first == "quit", let onQuit = configuration.onQuit else {
            return nil
        }
        return waitFor { await onQuit() }
    }

    /// The context of a command that runs in process on these descriptors.
    func context(input: Int32, output: Int32, error: Int32) -> CommandContext {
        let environment = Self.variables(Self.toolboxEnvironment(configuration.environment))
        return CommandContext(
            input: input, output: OutputStream(descriptor: output), error: OutputStream(descriptor: error),
            environment: environment, workingDirectory: workingDirectory, files: ToolboxFiles(toolbox: toolbox),
            language: configuration.language.current,
            style: Style(isTerminal: isatty(output) == 1, environment: configuration.environment))
    }

    private static func serve(
        _ request: CommandRequest, _ descriptors: [Int32], _ commands: CommandSet, _ toolbox: Toolbox,
        _ language: LanguageSetting
    ) async -> Int32 {
        let error = OutputStream(descriptor: descriptors[2])
        guard let name = request.words.first, let command = commands.named(name) else {
            error.line("kijabi: unknown command: \(request.words.first ?? "")")
            return 127
        }
        let output = OutputStream(descriptor: descriptors[1])
        let context = CommandContext(
            input: descriptors[0], output: output, error: error, environment: request.environment,
            workingDirectory: request.workingDirectory, files: ToolboxFiles(toolbox: toolbox),
            language: language.current, style: Style(isTerminal: output.isTerminal, environment: request.environment))
        return await commands.run(command, Array(request.words.dropFirst()), context)
    }

    /// What programs in the toolbox find in their environment.
    private static func toolboxEnvironment(_ environment: [String: String]) -> [String] {
        var entries = [
            "HOME=/root", "USER=root", "LANG=C.UTF-8", "SHELL=/bin/sh",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:\(Toolbox.mountPoint)/bin",
        ]
        entries.append("TERM=\(environment["TERM"] ?? "dumb")")
        for name in ["COLORTERM", "NO_COLOR", "TZ"] {
            if let value = environment[name], !value.isEmpty { entries.append("\(name)=\(value)") }
        }
        return entries
    }

    private static func variables(_ entries: [String]) -> [String: String] {
        var variables: [String: String] = [:]
        for entry in entries {
            let parts = entry.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
        }
        return variables
    }
}

/// What keeps a session from starting.
public enum ShellError: Error, Sendable, Hashable {
    /// The socket for the toolbox's commands cannot be made there.
    case socket(path: String, errno: Int32)
    case unreadable(path: String, errno: Int32)
}
