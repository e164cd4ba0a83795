import Dockerfile
import OCI

/// Goes through the instructions of a stage and makes each definite: variables have their values, paths are absolute,
/// the configuration is what it is after the instruction. Pure: nothing is read and nothing is run.
struct StageEvaluation {
    let graph: BuildGraph
    let node: BuildGraph.Node
    /// `--build-arg`
    let given: [String: String]
    let platform: [String: String]
    /// Of RUN, where the instruction does not say.
    let network: String
    let escape: Character
    var configuration: ImageConfiguration
    /// Arguments declared so far, in order.
    private(set) var declared: [(name: String, value: String?)] = []
    private var hasOwnCommand = false

    init(
        graph: BuildGraph, node: BuildGraph.Node, base: ImageConfiguration, given: [String: String],
        platform: [String: String] = BuildPlatform.arguments, network: String = "default", escape: Character = "\\"
    ) {
        self.graph = graph
        self.node = node
        self.given = given
        self.platform = platform
        self.network = network
        self.escape = escape
        configuration = base
    }

    /// The steps of the stage: those that the base image asks for (ONBUILD), then its own.
    mutating func steps() throws(DockerfileError) -> [BuildStep] {
        var instructions: [Instruction] = []
        for text in configuration.onBuild {
            instructions.append(try Dockerfile.trigger(text, lines: node.stage.lines))
        }
        configuration.onBuild = []
        var steps: [BuildStep] = []
        for instruction in instructions + node.stage.instructions { steps.append(try step(instruction)) }
        return steps
    }

    // MARK: Variables

    /// A variable as instructions see it: the environment's, else a declared argument.
    func value(_ name: String) -> String? {
        for entry in configuration.environment.reversed() where entry.hasPrefix(name + "=") {
            return String(entry.dropFirst(name.count + 1))
        }
        return declared.last { $0.name == name }?.value
    }

    func expand(_ text: String, _ lines: ClosedRange<Int>) throws(DockerfileError) -> String {
        do throws(WordExpansion.Failure) {
            return try WordExpansion.expand(text, escape: escape, value)
        } catch {
            throw DockerfileError(.substitution("failed to process \"\(text)\": \(error.message)"), lines: lines)
        }
    }

    private mutating func declare(_ argument: ArgumentDeclaration, _ lines: ClosedRange<Int>) throws(DockerfileError) {
        let name = try expand(argument.name, lines)
        var value = given[name]
        if value == nil {
            value =
                try argument.fallback.map { (text) throws(DockerfileError) in try expand(text, lines) }
                ?? graph.globals[name] ?? platform[name]
        }
        declared.removeAll { $0.name == name }
        declared.append((name, value))
    }

    /// What RUN finds in its environment: the image's, and arguments under names that it does not have.
    func runEnvironment() -> (environment: [String], passedOn: [String]) {
        let own = configuration.environment
        let taken = Set(own.map { $0.prefix { $0 != "=" } })
        let arguments = declared.compactMap { name, value in
            value.flatMap { taken.contains(name[...]) ? nil : "\(name)=\($0)" }
        }
        let (passedOn, counted) = (
            arguments.filter(Self.isProxy), arguments.filter { !Self.isProxy($0) }
        )
        let undeclared = given.filter { argument in
            BuildPlatform.proxyArguments.contains(argument.key) && !taken.contains(argument.key[...])
                && !declared.contains { $0.name == argument.key }
        }
        return (own + counted, passedOn + undeclared.map { "\($0.key)=\($0.value)" }.sorted())
    }

    private static func isProxy(_ entry: String) -> Bool {
        BuildPlatform.proxyArguments.contains(String(entry.prefix { $0 != "=" }))
    }

    // MARK: Instructions

    private mutating func step(_ instruction: Instruction) throws(DockerfileError) -> BuildStep {
        let lines = instruction.lines
        var operation = BuildStep.Operation.none
        var createdBy = instruction.text
        switch instruction.action {
        case .argument(let declarations):
            for declaration in declarations { try declare(declaration, lines) }
        case .run(let run):
            let made = try runOperation(run, lines)
            operation = .run(made)
            createdBy = "RUN " + history(made)
        case .copy(let transfer), .add(let transfer):
            operation = .copy(
                try copyOperation(transfer, unpacks: instruction.keyword == .add, lines))
        case .workingDirectory(let path):
            let expanded = try expand(path, lines)
            let directory = ImagePath.join(configuration.workingDirectory, expanded)
            configuration.workingDirectory = directory
            operation = .makeDirectory(path: directory, user: configuration.user)
            createdBy = "WORKDIR " + directory
        default: createdBy = try setting(instruction)
        }
        return BuildStep(
            instruction: instruction, operation: operation, configuration: configuration,
            createdBy: createdBy + " # buildkit")
    }

    private func history(_ run: RunOperation) -> String {
        let arguments = declared.compactMap { name, value in value.map { "\(name)=\($0)" } }
            .filter { !Self.isProxy($0) }
        let prefix = arguments.isEmpty ? "" : "|\(arguments.count) \(arguments.joined(separator: " ")) "
        return prefix + run.shown
    }

    /// Instructions that change nothing but the configuration.
    /// - Returns: the line of history.
    private mutating func setting(_ instruction: Instruction) throws(DockerfileError) -> String {
        let lines = instruction.lines
        let keyword = instruction.keyword.rawValue
        switch instruction.action {
        case .environment(let settings):
            // A line sees the values before it.
            let made = try expand(settings, lines)
            for (name, value) in made {
                if let index = configuration.environment.firstIndex(where: { $0.hasPrefix(name + "=") }) {
                    configuration.environment[index] = "\(name)=\(value)"
                } else {
                    configuration.environment.append("\(name)=\(value)")
                }
            }
            return "ENV " + made.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        case .label(let settings):
            let made = try expand(settings, lines)
            for (name, value) in made { configuration.labels[name] = value }
            return "LABEL " + made.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        case .user(let user):
            configuration.user = try expand(user, lines)
            return "USER " + configuration.user
        case .expose(let ports):
            var all: [String] = []
            for port in ports { all += try ExposedPort.ports(try expand(port, lines), lines: lines) }
            configuration.exposedPorts += all
            return "EXPOSE " + all.map { "map[\($0):{}]" }.joined(separator: " ")
        case .volume(let paths):
            var expanded: [String] = []
            for path in paths { expanded.append(try expand(path, lines)) }
            configuration.volumes += expanded
            return "VOLUME [" + expanded.joined(separator: " ") + "]"
        case .command(let form):
            configuration.command = words(form)
            hasOwnCommand = true
            return "CMD " + Self.shown(words(form))
        case .entrypoint(let form):
            configuration.entrypoint = words(form)
            // The base image's command was written for another entrypoint.
            if !hasOwnCommand { configuration.command = [] }
            return "ENTRYPOINT " + Self.shown(words(form))
        case .shell(let words):
            configuration.shell = words
            return "SHELL " + Self.shown(words)
        case .stopSignal(let text):
            let signal = try expand(text, lines)
            guard StopSignal.isKnown(signal) else {
                throw DockerfileError(.arguments("invalid signal: \(signal)"), lines: lines)
            }
            configuration.stopSignal = signal
            return "STOPSIGNAL " + signal
        case .healthCheck(let check):
            configuration.healthCheck = try HealthCheckSpans.check(check, lines: lines)
            return instruction.text
        case .maintainer(let name):
            configuration.author = name
            return "MAINTAINER " + name
        case .onBuild(let trigger):
            configuration.onBuild.append(trigger)
            return "ONBUILD " + trigger
        default: return keyword
        }
    }

    private func expand(
        _ settings: [Setting], _ lines: ClosedRange<Int>
    ) throws(DockerfileError) -> [(name: String, value: String)] {
        var made: [(name: String, value: String)] = []
        for setting in settings { made.append((try expand(setting.name, lines), try expand(setting.value, lines))) }
        return made
    }

    private func words(_ form: CommandForm) -> [String] {
        switch form {
        case .exec(let words): words
        case .shell(let line): line.isEmpty ? [] : shell + [line]
        }
    }

    var shell: [String] { configuration.shell ?? ["/bin/sh", "-c"] }

    private static func shown(_ words: [String]) -> String {
        "[" + words.map { "\"" + $0 + "\"" }.joined(separator: " ") + "]"
    }
}
