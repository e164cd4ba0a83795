import CLinux
import ContainerRuntime
import LinuxKernel
import Synchronization

/// A further process in a container. Without a terminal it has the front end's own descriptors, and there is nothing to
/// copy.
final class ExecSession: StreamSession {
    private struct State {
        var process: RunningProcess?
        var writer: OutputWriter?
        var input: InputCopier?
        var source: (pump: OutputPump, id: UInt64)?
        /// The end may be told before the start has been answered.
        var end: ProcessEnd?
        var hasBegun = false
    }

    private let state: Mutex<State>
    private let exit = ExitPromise()

    init(writer: OutputWriter?) {
        state = Mutex(State(writer: writer))
    }

    /// The process runs.
    func began(_ process: RunningProcess, _ streams: StreamDescriptors, _ pump: OutputPump) throws(RuntimeError) {
        var new = State(process: process, hasBegun: true)
        if let terminal = process.terminal {
            let duplicates = try StreamDuplicates(streams)
            let writer = OutputWriter(output: duplicates.output, error: nil)
            new.writer = writer
            do throws(Errno) {
                new.source = (pump, pump.add(try OutputSource(terminal, isError: false, sink: writer)))
            } catch {
                throw .system(stage: "connect terminal", errno: error.code, path: nil)
            }
            if let source = duplicates.input {
                let input = try ContainerEngine.copier(source)
                input.start(to: terminal) {}
                new.input = input
            }
        }
        let end = state.withLock { state in
            new.end = state.end
            state = new
            return new.end
        }
        if let end { settle(end) }
    }

    /// The zygote says that the process has ended.
    func ended(_ end: ProcessEnd) {
        let hasBegun = state.withLock { state in
            state.end = end
            return state.hasBegun
        }
        if hasBegun { settle(end) }
    }

    private func settle(_ end: ProcessEnd) {
        let (source, input) = state.withLock { ($0.source, $0.input) }
        source?.pump.finish(source?.id ?? 0)
        input?.stop()
        exit.fulfil(.success(end.exitStatus))
    }

    /// The end of the process, whether or not its output has been written.
    func exited() async throws(RuntimeError) -> ExitStatus { try await exit.wait() }

    func wait() async throws(RuntimeError) -> ExitStatus {
        let status = try await exit.wait()
        await state.withLock { $0.writer }?.flush()
        return status
    }

    func resize(columns: UInt16, rows: UInt16) async {
        guard let terminal = state.withLock({ $0.process?.terminal }) else { return }
        kijabi_set_window_size(terminal.number, columns, rows)
    }

    func signal(_ signal: Int32) async {
        try? state.withLock { $0.process }?.signal(signal)
    }

    func detach() async {
        let (writer, input) = state.withLock { ($0.writer, $0.input) }
        input?.stop()
        writer?.close()
    }
}
