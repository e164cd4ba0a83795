import CLinux
public import ContainerRuntime
import Glibc
public import LinuxKernel
import Synchronization

/// This side of the zygote: the namespaces in which all containers live, and the process that starts them.
///
/// Requests are messages on one socket, told apart by a number; one thread reads the answers. A reply resumes whoever
/// waits for it. When the harbour ends, everything that waits fails with `.unavailable`.
public final class Harbour: Sendable {
    /// What an answer carries.
    struct Reply: Sendable {
        var values: [Int32]
        var descriptors: [FileDescriptor]
        var body: [UInt8] = []
    }

    private struct State {
        var nextRequest: UInt32 = 1
        var waiting: [UInt32: CheckedContinuation<Result<Reply, RuntimeError>, Never>] = [:]
        var nextProcess: Int32 = 1
        var exits: [Int32: @Sendable (ProcessEnd) -> Void] = [:]
        var hasEnded = false
        /// Nil once its end is wanted.
        var onDeath: (@Sendable () -> Void)? = {}
    }

    private let zygote: ZygoteProcess
    /// A pidfd of the harbour's first process.
    private let process: FileDescriptor?
    private let state = Mutex(State())
    /// The harbour's first process, as this process counts.
    public let pid: Int32
    /// The user that is root in the harbour, outside: files that containers may write belong to it. Container user n is
    /// `rootID + n` as far as `idCount` goes; with one id only, all there is belongs to this user.
    public let rootID: UInt32
    /// How many user ids containers have: 65536, or 1.
    public let idCount: UInt32

    /// Makes the harbour.
    /// - Parameters:
    ///   - zygote: just started; it serves one harbour.
    ///   - runDirectory: exists; for what ends with the harbour. Containers see it nowhere; the harbour has it as `/run`.
    ///   - dataDirectory: exists; for images and volumes. The harbour has it as `/data`.
    /// - Throws: `.unavailable` with the step that this machine refuses.
    public static func make(
        zygote: ZygoteProcess, runDirectory: String, dataDirectory: String
    ) async throws(RuntimeError) -> Harbour {
        do {
            return try await attempt(zygote: zygote, runDirectory: runDirectory, dataDirectory: dataDirectory)
        } catch .system(let stage, let errno, let path) {
            let place = path.map { " \($0)" } ?? ""
            throw .unavailable(reason: "\(stage)\(place): \(Errno(errno))")
        }
    }

    /// The same, for a diagnosis.
    /// - Throws: `.system` with the step that this machine refuses.
    public static func attempt(
        zygote: ZygoteProcess, runDirectory: String, dataDirectory: String
    ) async throws(RuntimeError) -> Harbour {
        let answer = await KernelThread.run("harbour") { () -> Result<Reply, RuntimeError> in
            var contents = ZygoteMessage()
            contents.add(ZYGOTE_SOURCE, runDirectory)
            contents.add(ZYGOTE_SOURCE, dataDirectory)
            let header = zygote_header(
                operation: UInt32(ZYGOTE_CONFIGURE.rawValue), request: 1, flags: 0, length: 0, arguments: (0, 0, 0, 0))
            do throws(Errno) {
                try zygote.lifeline.send(try header.message(contents).bytes)
                let (bytes, descriptors) = try zygote.lifeline.receive(limit: 4096)
                return Harbour.decode(bytes, descriptors)?.result
                    ?? .failure(.unavailable(reason: "the zygote has ended"))
            } catch {
                return .failure(.system(stage: "ask the zygote", errno: error.code, path: nil))
            }
        }
        return Harbour(zygote: zygote, reply: try answer.get())
    }

    private init(zygote: ZygoteProcess, reply: Reply) {
        self.zygote = zygote
        process = reply.descriptors.first
        pid = reply.values[0]
        rootID = UInt32(bitPattern: reply.values[1])
        idCount = UInt32(bitPattern: reply.values[2])
        KernelThread.start("zygote-reader") { [self] in readAnswers() }
    }

    /// Calls `body`, on a thread of its own, if the harbour ends although nobody here has ended it.
    func whenItDies(_ body: @escaping @Sendable () -> Void) {
        state.withLock { if $0.onDeath != nil { $0.onDeath = body } }
    }

    /// Ends the harbour and all that runs in it.
    public func end() {
        state.withLock { $0.onDeath = nil }
        shutdown(zygote.lifeline.number, Int32(SHUT_RDWR))
        shutdown(zygote.control.number, Int32(SHUT_RDWR))
    }

    /// The harbour is gone; nothing can run in it any more.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// After `end`: returns when the janitor has cleared up and gone, and nothing runs in the harbour any more. Where the
    /// janitor was killed, the two do not come one after the other.
    public func waitForEnd() async {
        await KernelThread.run("harbour-end") { [self] in
            while waitpid(zygote.pid, nil, 0) < 0, errno == EINTR {}
            guard let process else { return }
            // Readable when it has ended, which it does after all others of its pid namespace (pid_namespaces(7)).
            var watched = pollfd(fd: process.number, events: Int16(POLLIN), revents: 0)
            while poll(&watched, 1, -1) < 0, errno == EINTR {}
        }
    }

    /// Has a tree of files or of cgroups removed when this process has gone, however it went.
    func removeAtEnd(_ path: String) throws(RuntimeError) {
        var contents = ZygoteMessage()
        contents.add(ZYGOTE_SOURCE, path)
        let header = zygote_header(
            operation: UInt32(ZYGOTE_REMOVE_AT_END.rawValue), request: 0, flags: 0, length: 0, arguments: (0, 0, 0, 0))
        do throws(Errno) {
            try zygote.lifeline.send(try header.message(contents).bytes)
        } catch {
            throw .system(stage: "register removal", errno: error.code, path: path)
        }
    }

    // MARK: Requests

    /// Sends a request and waits for its answer, on the caller's own executor: a detour over another thread would take
    /// longer than the answer.
    func ask(
        _ operation: zygote_operation, _ first: Int32 = 0, _ second: Int32 = 0, _ third: Int32 = 0,
        _ contents: ZygoteMessage = ZygoteMessage(), isolation: isolated (any Actor)? = #isolation
    ) async throws(RuntimeError) -> Reply {
        // The answer resumes the caller's thread at once, not by way of the cooperative pool.
        let executor = (isolation as? any ThreadActor)?.executor
        let result = await withTaskExecutorPreference(executor) {
            await answer(operation, (first, second, third), contents)
        }
        return try result.get()
    }

    /// Sends a request that nobody waits for. The harbour serves it before every later one.
    func tell(_ operation: zygote_operation, _ first: Int32 = 0, _ contents: ZygoteMessage = ZygoteMessage()) {
        // If the harbour has ended, there is nothing left to be done.
        try? send(operation, 0, (first, 0, 0), contents)
    }

    private func answer(
        _ operation: zygote_operation, _ arguments: (Int32, Int32, Int32), _ contents: ZygoteMessage,
        isolation: isolated (any Actor)? = #isolation
    ) async -> Result<Reply, RuntimeError> {
        await withCheckedContinuation { continuation in
            let number = state.withLock { state -> UInt32? in
                if state.hasEnded { return nil }
                defer { state.nextRequest &+= 1 }
                state.waiting[state.nextRequest] = continuation
                return state.nextRequest
            }
            guard let number else {
                return continuation.resume(returning: .failure(.harbourEnded))
            }
            do throws(Errno) {
                try send(operation, number, arguments, contents)
            } catch {
                // Its end may be met here before the reader has.
                let hasGone = [EPIPE, ECONNRESET].contains(error.code)
                finish(
                    number,
                    .failure(hasGone ? .harbourEnded : .system(stage: "ask the zygote", errno: error.code, path: nil)))
            }
        }
    }

    private func send(
        _ operation: zygote_operation, _ request: UInt32, _ arguments: (Int32, Int32, Int32),
        _ contents: ZygoteMessage
    ) throws(Errno) {
        let header = zygote_header(
            operation: UInt32(operation.rawValue), request: request, flags: 0, length: 0,
            arguments: (arguments.0, arguments.1, arguments.2, 0))
        let message = try header.message(contents)
        // The zygote always reads, so this waits only while it is busy with the requests before.
        try withExtendedLifetime(message.file) { () throws(Errno) in
            try zygote.control.send(message.bytes, descriptors: message.descriptors)
        }
    }

    private func finish(_ request: UInt32, _ result: Result<Reply, RuntimeError>) {
        state.withLock { $0.waiting.removeValue(forKey: request) }?.resume(returning: result)
    }

    /// A number for a process to be started, and what to do at its end; called on the reader's thread.
    func expectProcess(_ atEnd: @escaping @Sendable (ProcessEnd) -> Void) -> Int32 {
        state.withLock { state in
            defer { state.nextProcess += 1 }
            state.exits[state.nextProcess] = atEnd
            return state.nextProcess
        }
    }

    /// The process was not started after all.
    func forgetProcess(_ number: Int32) {
        state.withLock { _ = $0.exits.removeValue(forKey: number) }
    }

    // MARK: Answers

    private func readAnswers() {
        while true {
            guard let (bytes, descriptors) = try? zygote.control.receive(limit: 4096),
                let message = Self.decode(bytes, descriptors)
            else { break }
            if message.header.operation == UInt32(ZYGOTE_EXITED.rawValue) {
                let (number, code, status, _) = message.header.arguments
                let atEnd = state.withLock { $0.exits.removeValue(forKey: number) }
                atEnd?(ProcessEnd(code: code, status: status))
            } else {
                finish(message.header.request, message.result)
            }
        }
        let (waiting, exits, onDeath) = state.withLock { state in
            defer {
                state.waiting = [:]
                state.exits = [:]
                state.onDeath = nil
            }
            state.hasEnded = true
            return (state.waiting, state.exits, state.onDeath)
        }
        onDeath?()
        for continuation in waiting.values {
            continuation.resume(returning: .failure(.harbourEnded))
        }
        for atEnd in exits.values { atEnd(ProcessEnd(code: Int32(CLD_KILLED), status: SIGKILL)) }
    }

    private static func decode(
        _ bytes: [UInt8], _ descriptors: [FileDescriptor]
    ) -> (header: zygote_header, result: Result<Reply, RuntimeError>)? {
        let headerSize = MemoryLayout<zygote_header>.size
        guard bytes.count >= headerSize else { return nil }
        let header = bytes.withUnsafeBytes { $0.loadUnaligned(as: zygote_header.self) }
        let (error, first, second, third) = header.arguments
        if error == 0 {
            let body = bytes.count > headerSize ? Array(bytes[headerSize...]) : []
            return (header, .success(Reply(values: [first, second, third], descriptors: descriptors, body: body)))
        }
        let texts = bytes.dropFirst(headerSize).split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        let path = texts.count > 1 && !texts[1].isEmpty ? texts[1] : nil
        return (header, .failure(.system(stage: texts.first ?? "", errno: error, path: path)))
    }
}

/// How a process ended, as waitid(2) tells it.
struct ProcessEnd: Sendable {
    /// `CLD_EXITED`, `CLD_KILLED`, `CLD_DUMPED`.
    var code: Int32
    /// Exit status or signal.
    var status: Int32

    var exitStatus: ExitStatus {
        code == CLD_EXITED ? ExitStatus(code: status) : ExitStatus(code: 128 + status, signal: status)
    }
}
