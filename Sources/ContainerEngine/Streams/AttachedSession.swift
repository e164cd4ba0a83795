import ContainerRuntime

/// A front end that is attached to a container.
final class AttachedSession: StreamSession {
    private let engine: ContainerEngine
    private let container: String
    private let exit: ExitPromise
    private let output: ContainerOutput
    private let writer: OutputWriter
    private let input: InputCopier?

    init(
        engine: ContainerEngine, container: String, exit: ExitPromise, output: ContainerOutput, writer: OutputWriter,
        input: InputCopier?
    ) {
        self.engine = engine
        self.container = container
        self.exit = exit
        self.output = output
        self.writer = writer
        self.input = input
    }

    func wait() async throws(RuntimeError) -> ExitStatus {
        let status = try await exit.wait()
        // The engine has read everything before it told the end.
        await writer.flush()
        output.remove(writer)
        return status
    }

    func resize(columns: UInt16, rows: UInt16) async {
        await engine.resize(container: container, TerminalSize(columns: columns, rows: rows))
    }

    func signal(_ signal: Int32) async {
        try? await engine.signalContainer(container, signal: signal)
    }

    func writeError() async -> Int32? { writer.failure }

    func detach() async {
        input?.stop()
        output.remove(writer)
    }
}
