import Glibc
import KubernetesAPI
import Synchronization
import Terminal

/// Stands where kubelets do: exec runs real processes of this machine, logs are what a test has put there.
final class ProcessConnector: NodeConnector {
    private struct State {
        var logs: [String: [String]] = [:]
        var followers: [AsyncStream<[UInt8]>.Continuation] = []
        var lastOptions: PodLogOptions?
        var sessions: [ProcessSession] = []
    }

    private let state = Mutex(State())

    /// The lines of a container, under `pod/container`.
    func write(_ lines: [String], to container: String) {
        state.withLock { state in
            state.logs[container, default: []] += lines
            for follower in state.followers { follower.yield(Array(lines.map { $0 + "\n" }.joined().utf8)) }
        }
    }

    var lastOptions: PodLogOptions? { state.withLock { $0.lastOptions } }
    var sessions: [ProcessSession] { state.withLock { $0.sessions } }

    func podLogs(node: String, pod: KubernetesObject, _ options: PodLogOptions) async throws(Status)
        -> AsyncStream<[UInt8]>
    {
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        state.withLock { state in
            state.lastOptions = options
            var lines = state.logs["\(pod.name)/\(options.container ?? "")"] ?? []
            if let tail = options.tail { lines = lines.suffix(tail) }
            continuation.yield(Array(lines.map { $0 + "\n" }.joined().utf8))
            if options.follow { state.followers.append(continuation) } else { continuation.finish() }
        }
        return stream
    }

    func podExec(node: String, pod: KubernetesObject, _ options: PodExecOptions) async throws(Status)
        -> any PodSession
    {
        start(options)
    }

    private func start(_ options: PodExecOptions) -> ProcessSession {
        let session = ProcessSession(options)
        state.withLock { $0.sessions.append(session) }
        return session
    }

    func podAttach(node: String, pod: KubernetesObject, _ options: PodExecOptions) async throws(Status)
        -> any PodSession
    {
        var options = options
        options.command = ["sleep", "60"]
        return start(options)
    }
}

final class ProcessSession: PodSession {
    private let pid: pid_t
    let sizes = Mutex<[TerminalSize]>([])
    private let sent = Mutex<[Int32]>([])
    var signals: [Int32] { sent.withLock { $0 } }

    init(_ options: PodExecOptions) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input = options.input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        if let output = options.output { posix_spawn_file_actions_adddup2(&actions, output, 1) }
        if let error = options.error ?? options.output { posix_spawn_file_actions_adddup2(&actions, error, 2) }
        var arguments: [UnsafeMutablePointer<CChar>?] = options.command.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = -1
        let failure = posix_spawnp(&pid, options.command[0], &actions, nil, arguments, environ)
        self.pid = failure == 0 ? pid : -1
    }

    func wait() async throws(Status) -> Int32 {
        let pid = pid
        guard pid > 0 else { return 127 }
        return await BlockingThread.run {
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        }
    }

    func resize(columns: UInt16, rows: UInt16) async {
        sizes.withLock { $0.append(TerminalSize(columns: columns, rows: rows)) }
    }

    func signal(_ signal: Int32) async {
        sent.withLock { $0.append(signal) }
        if pid > 0 { kill(pid, signal) }
    }

    func detach() async {}
}
