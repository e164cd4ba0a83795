import CLinux
import ContainerRuntime
import Glibc
import LinuxKernel

/// The program kijabi-archive, which turns tar streams into files and back: one process a job, in the harbour, shut into
/// the one directory it works on. Cancelling the task ends the process; what it had made until then stays, in a place
/// that is swept (`ImageStaging`).
public struct ArchiveAgent: Sendable {
    let harbour: Harbour
    /// Its path on this machine.
    let program: String

    public init(harbour: Harbour, program: String) {
        self.harbour = harbour
        self.program = program
    }

    /// - Throws: `.invalidArchive` for what is wrong with a stream; `.system` with errno for the rest.
    func run(
        _ job: ArchiveJob, progress: (@Sendable (ArchiveProgress) -> Void)? = nil
    ) async throws(RuntimeError) -> ArchiveResult {
        var job = job
        job.set(TAR_CONFINED)
        return try await Self.converse(job, over: try await start(), progress)
    }

    /// - Returns: this side's end of its socket, the only one here, so that its end is noticed.
    private func start() async throws(RuntimeError) -> FileDescriptor {
        let sockets = try Self.sockets()
        try await harbour.startAgent(program: program, socket: sockets.second.number)
        return sockets.first
    }

    /// The same outside the harbour, as the person who runs kijabi: for that person's own files.
    static func runOutside(
        _ job: ArchiveJob, program: String, progress: (@Sendable (ArchiveProgress) -> Void)? = nil
    ) async throws(RuntimeError) -> ArchiveResult {
        let (process, socket) = try spawn(program)
        let result = await Result { () async throws(RuntimeError) in
            try await converse(job, over: socket, progress)
        }
        await KernelThread.run("archive-end") { while waitpid(process, nil, 0) < 0, errno == EINTR {} }
        return try result.get()
    }

    private static func spawn(_ program: String) throws(RuntimeError) -> (pid_t, FileDescriptor) {
        let sockets = try sockets()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, sockets.second.number, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), nil]
        defer { free(arguments[0]) }
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        var process = pid_t()
        let error = posix_spawn(&process, program, &actions, nil, &arguments, &environment)
        guard error == 0 else { throw .system(stage: "start", errno: error, path: program) }
        return (process, sockets.first)
    }

    private static func sockets() throws(RuntimeError) -> SocketPair {
        do throws(Errno) {
            return try SocketPair(type: Int32(SOCK_SEQPACKET.rawValue))
        } catch {
            throw .system(stage: "socketpair", errno: error.code, path: nil)
        }
    }

    private static func converse(
        _ job: ArchiveJob, over socket: FileDescriptor, _ progress: (@Sendable (ArchiveProgress) -> Void)?
    ) async throws(RuntimeError) -> ArchiveResult {
        guard let message = job.message() else { throw .system(stage: "archive", errno: ENAMETOOLONG, path: job.path) }
        do throws(Errno) {
            try socket.send(
                message, descriptors: job.descriptors.map(\.number), flags: Int32(MSG_NOSIGNAL))
        } catch {
            throw .system(stage: "ask kijabi-archive", errno: error.code, path: nil)
        }
        let result = await withTaskCancellationHandler {
            await KernelThread.run("archive") { () -> Result<ArchiveResult, RuntimeError> in
                withExtendedLifetime(job.descriptors) { listen(socket, progress) }
            }
        } onCancel: {
            shutdown(socket.number, Int32(SHUT_RDWR))
        }
        if Task.isCancelled, case .failure = result {
            throw .system(stage: "archive", errno: ECANCELED, path: nil)
        }
        return try result.get()
    }

    private static func listen(
        _ socket: FileDescriptor, _ progress: (@Sendable (ArchiveProgress) -> Void)?
    ) -> Result<ArchiveResult, RuntimeError> {
        while true {
            guard let (bytes, _) = try? socket.receive(limit: MemoryLayout<tar_reply>.size),
                let reply = tar_reply(bytes)
            else {
                return .failure(
                    .unavailable(
                        reason: "kijabi-archive ended without an answer: is the package libarchive13 installed?"))
            }
            switch reply.kind {
            case UInt32(TAR_PROGRESS.rawValue): progress?(reply.progress)
            case UInt32(TAR_DONE.rawValue):
                if let result = reply.result { return .success(result) }
                return .failure(.unavailable(reason: "kijabi-archive belongs to another kijabi; build it again"))
            default: return .failure(reply.failure)
            }
        }
    }
}

extension Result {
    /// What `work` returns or throws.
    init(_ work: () async throws(Failure) -> Success) async {
        do throws(Failure) {
            self = .success(try await work())
        } catch {
            self = .failure(error)
        }
    }
}
