import ContainerRuntime
import Glibc
import Synchronization

/// Takes what a probe's command writes: a pipe that is emptied while the command runs, so that it never blocks, and of
/// which the beginning is kept. What background processes of the command write later is not waited for.
final class ProbeOutput: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var writer: Int32
        var drain: Task<Void, Never>?
        var isStopped = false
    }

    private let reader: Int32
    private let limit: Int
    private let state: Mutex<State>

    init(limit: Int) throws(RuntimeError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .system(stage: "pipe", errno: errno, path: nil) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        reader = ends[0]
        self.limit = limit
        state = Mutex(State(writer: ends[1]))
    }

    deinit {
        closeWriter()
        close(reader)
    }

    var streams: StreamDescriptors {
        let writer = state.withLock { $0.writer }
        return StreamDescriptors(output: writer, error: writer)
    }

    var text: String { String(decoding: state.withLock { $0.bytes }, as: UTF8.self) }

    /// The command has its own copy by now.
    func closeWriter() {
        let writer = state.withLock { state in
            defer { state.writer = -1 }
            return state.writer
        }
        if writer >= 0 { close(writer) }
    }

    /// Reads until everybody has closed the other end, or `stop`.
    func drain(_ sockets: SocketWatch) async {
        let task = Task {
            while !take(), await sockets.wait(for: .input, on: reader) {}
            _ = take()
        }
        let isStopped = state.withLock { state in
            state.drain = task
            return state.isStopped
        }
        if isStopped { task.cancel() }
        await task.value
    }

    /// What is in the pipe now is still read; nothing is waited for.
    func stop() {
        let drain = state.withLock { state in
            state.isStopped = true
            return state.drain
        }
        drain?.cancel()
    }

    /// - Returns: whether the end was met.
    private func take() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(reader, &buffer, buffer.count)
            if count > 0 {
                state.withLock { $0.bytes += buffer[..<min(count, max(0, limit - $0.bytes.count))] }
            } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                return true
            } else if errno == EAGAIN {
                return false
            }
        }
    }
}
