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
        let socket: FileDescriptor
        do throws(RuntimeError) {
            socket = try await start()
        } catch {
            if let handedOver = job.handedOver { close(handedOver) }
            throw error
        }
        do throws(RuntimeError) {
            return try await Self.converse(job, over: socket, progress)
        } catch {
            throw await cause(of: error)
        }
    }

    /// A process that has ended without a word may have gone with all the others of the harbour.
    private func cause(of error: RuntimeError) async -> RuntimeError {
        guard case .unavailable = error else { return error }
        do throws(RuntimeError) {
            close(try await harbour.makeSocket(domain: AF_UNIX, type: Int32(SOCK_STREAM.rawValue), protocol: 0))
            return error
        } catch {
            return error
        }
    }

    /// Packs with one process what another unpacks.
    /// - Returns: the bytes that went between them.
    func run(_ pack: ArchiveJob, into unpack: ArchiveJob) async throws(RuntimeError) -> Int {
        var ends: [Int32] = [-1, -1]
        guard kijabi_pipe(&ends) == 0 else { throw .system(stage: "pipe", errno: errno, path: nil) }
        var pack = pack
        var unpack = unpack
        pack.handedOver = ends[1]
        unpack.handedOver = ends[0]
        let (packing, unpacking) = (pack, unpack)
        async let packed = outcome(of: packing)
        async let unpacked = outcome(of: unpacking)
        switch (await packed, await unpacked) {
        case (.success(let result), .success): return result.streamSize
        // The one that stopped first made the other stop.
        case (.failure(.system(_, EPIPE, _)), .failure(let error)): throw error
        case (.failure(let error), _), (_, .failure(let error)): throw error
        }
    }

    private func outcome(of job: ArchiveJob) async -> Result<ArchiveResult, RuntimeError> {
        do throws(RuntimeError) {
            return .success(try await run(job))
        } catch {
            return .failure(error)
        }
    }

    /// - Returns: this side's end of its socket, the only one here, so that its end is noticed.
    private func start() async throws(RuntimeError) -> FileDescriptor {
        let sockets = try Self.sockets()
        try await harbour.startAgent(program: program, socket: sockets.second.number)
        return sockets.first
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
        try send(job, over: socket)
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

    private static func send(_ job: ArchiveJob, over socket: FileDescriptor) throws(RuntimeError) {
        defer { if let handedOver = job.handedOver { close(handedOver) } }
        guard let message = job.message() else { throw .system(stage: "archive", errno: ENAMETOOLONG, path: job.path) }
        let numbers = job.descriptors.map(\.number) + (job.handedOver.map { [$0] } ?? [])
        do throws(Errno) {
            try socket.send(message, descriptors: numbers)
        } catch {
            throw .system(stage: "ask kijabi-archive", errno: error.code, path: nil)
        }
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
