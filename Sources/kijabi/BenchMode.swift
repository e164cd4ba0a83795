import Benchmarks
import Commands
import ContainerEngine

/// `kijabi bench`
enum BenchMode {
    static func command(_ program: Program, _ places: Places) -> Command {
        var command = BenchCommand.make(
            engine: {
                var engine = places.engine
                // The engine says what is wrong with a zygote that could not be started.
                engine.zygote = try? program.takeZygote(engine.zygoteProgram)
                return engine
            }, program: Places.programDirectory + "/kijabi")
        guard let run = command.run else { return command }
        command.run = { invocation, context in
            let task = Task { await run(invocation, context) }
            program.signals.react(
                SignalRouter.Reactions(interrupt: { task.cancel() }, leave: { _ in task.cancel() }))
            return await task.value
        }
        return command
    }
}
