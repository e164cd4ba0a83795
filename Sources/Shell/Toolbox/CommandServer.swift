import Glibc
import Synchronization
import Terminal

/// Runs the commands that stubs in the toolbox ask for. A thread accepts; each connection has a thread that listens to
/// the stub, and a task that runs the command.
final class CommandServer: Sendable {
    /// Runs a request with its three descriptors, which stay open until it returns. Returns the exit status.
    typealias Handler = @Sendable (CommandRequest, _ descriptors: [Int32]) async -> Int32

    private let listener: Int32
    private let handler: Handler
    /// The user the toolbox's root is; nobody but that one and our own is served.
    private let toolboxUser = Mutex<uid_t?>(nil)

    /// - Parameter path: where the socket is made.
    /// - Returns: nil if it cannot be; errno(3) tells why.
    init?(path: String, handler: @escaping Handler) {
        guard let listener = UnixSocket.listen(at: path) else { return nil }
        self.listener = listener
        self.handler = handler
    }

    func admit(_ user: uid_t) { toolboxUser.withLock { $0 = user } }

    /// Serves for as long as the process lives.
    func start() {
        Task { await BlockingThread.run { self.acceptAll() } }
    }

    private func acceptAll() {
        while true {
            var wait = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, -1) > 0 else { continue }
            while let (descriptor, user) = UnixSocket.accept(listener) {
                guard user == getuid() || user == toolboxUser.withLock({ $0 }) else {
                    close(descriptor)
                    continue
                }
                Task { await BlockingThread.run { StubConnection(descriptor, self.handler).serve() } }
            }
        }
    }
}

/// One stub's connection, on a thread of its own.
private final class StubConnection {
    private let descriptor: Int32
    private let handler: CommandServer.Handler
    private var received: [UInt8] = []
    /// The stub's standard input, output and error.
    private var streams: [Int32] = []

    init(_ descriptor: Int32, _ handler: @escaping CommandServer.Handler) {
        self.descriptor = descriptor
        self.handler = handler
    }

    deinit {
        for stream in streams { close(stream) }
        close(descriptor)
    }

    func serve() {
        guard let request = readRequest() else { return }
        let done = Bell()
        let result = Arrival<Int32>()
        let (handler, streams) = (handler, streams)
        let task = Task {
            result.set(await handler(request, streams))
            done.ring()
        }
        watch(task, done)
        answer(result.value ?? 130)
    }

    private func readRequest() -> CommandRequest? {
        while true {
            guard wait(for: [(descriptor, POLLIN)]), let (bytes, descriptors) = UnixSocket.receive(descriptor) else {
                continue
            }
            streams += descriptors
            guard !bytes.isEmpty else { return nil }
            received += bytes
            switch CommandRequest.parse(received) {
            case .incomplete: continue
            case .malformed: return nil
            case .complete(let request, _): return streams.count == 3 ? request : nil
            }
        }
    }

    /// Passes signals on until the command has ended. A stub that dies, or a reader of the output that goes away, end
    /// it too.
    private func watch(_ task: Task<Void, Never>, _ done: Bell) {
        var (hearsStub, hearsReader) = (true, true)
        while true {
            var waits = [
                pollfd(fd: done.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: hearsStub ? descriptor : -1, events: Int16(POLLIN), revents: 0),
                // No event is asked for: an error says that nobody reads the pipe any more (pipe(7)).
                pollfd(fd: hearsReader ? streams[1] : -1, events: 0, revents: 0),
            ]
            guard poll(&waits, 3, -1) > 0 else { continue }
            if waits[0].revents != 0 { return }
            if waits[2].revents != 0 {
                hearsReader = false
                if waits[2].revents & Int16(POLLERR) != 0 { task.cancel() }
            }
            guard waits[1].revents != 0, let (signals, _) = UnixSocket.receive(descriptor) else { continue }
            if signals.isEmpty {
                hearsStub = false
                task.cancel()
            }
            for signal in signals {
                if Int32(signal) == SIGWINCH { TerminalSizeMonitor.windowMayHaveChanged() } else { task.cancel() }
            }
        }
    }

    private func wait(for interests: [(Int32, Int32)]) -> Bool {
        var waits = interests.map { pollfd(fd: $0.0, events: Int16($0.1), revents: 0) }
        return poll(&waits, nfds_t(waits.count), -1) > 0
    }

    private func answer(_ status: Int32) {
        var status = status.littleEndian
        _ = send(descriptor, &status, 4, Int32(MSG_NOSIGNAL))
    }
}
