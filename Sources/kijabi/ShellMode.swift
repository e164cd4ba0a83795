import Commands
import Glibc
import Shell
import Terminal

/// `kijabi`, `kijabi -c`, `kijabi FILE`, and cells on a standard input that is no terminal.
struct ShellMode {
    let program: Program
    let invocation: Invocation
    let context: CommandContext

    init(program: Program, _ invocation: Invocation, _ context: CommandContext) {
        self.program = program
        self.invocation = invocation
        self.context = context
    }

    func run() async -> Int32 {
        if invocation.isOn("version") {
            context.output.line("kijabi \(Program.version)")
            return 0
        }
        if let script = invocation["command"] { return await runScript(script) }
        if let path = invocation.allArguments.first {
            do throws(FileAccessError) {
                let bytes = try await context.files.read(path, workingDirectory: context.workingDirectory)
                return await runScript(String(decoding: bytes, as: UTF8.self))
            } catch {
                context.error.line("kijabi: \(path): \(String(cString: strerror(error.errno)))")
                return 127
            }
        }
        guard InteractiveSession.isPossible() else {
            let bytes = await InputStream(descriptor: 0).readAll()
            return await runScript(String(decoding: bytes, as: UTF8.self))
        }
        return await ShellSession(program, invocation, context).run()
    }

    private func runScript(_ script: String) async -> Int32 {
        guard let house = await House.open(program, HouseOptions(invocation), context) else { return 1 }
        var further: [Command] = []
        if let guide = await house.lessons(invocation) { further = LessonCommands.make(guide) }
        house.watchHarbour { [context] in context.error.line($0) }
        let session = ScriptSession(house.shell(further))
        program.signals.react(
            SignalRouter.Reactions(
                interrupt: { session.interrupt() },
                leave: { signal in
                    session.interrupt()
                    // Whatever runs may take its time over that (a program that is a container's first process hears
                    // no signal that it does not handle); this process goes, and with it everything.
                    Task {
                        await house.close()
                        exit(128 + signal)
                    }
                }))
        let status: Int32
        do throws(ShellError) {
            status = try await session.run(script)
        } catch {
            context.error.line("kijabi: \(error)")
            status = 1
        }
        await house.close()
        return status
    }
}
