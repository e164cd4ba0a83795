import Glibc
public import LinuxKernel
public import OCI

/// A blob that is whole on this machine, verified. Nobody else touches its file while this value is held.
public struct DownloadedBlob: Sendable {
    public let path: String
    /// Open for reading and writing.
    public let file: FileDescriptor
}

extension RegistryClient {
    /// A blob that is a small document, verified.
    public func blob(
        _ descriptor: ContentDescriptor, of repository: String, limit: Int
    ) async throws(RegistryError) -> [UInt8] {
        guard descriptor.size <= limit else {
            throw .malformed(document: descriptor.digest.description, reason: "it is longer than \(limit) bytes")
        }
        let url = try await url("/v2/\(repository)/blobs/\(descriptor.digest)")
        let call = Call("GET", url, scope: .pull(repository), accepted: [200])
        let bytes = try await document(call, limit: limit).bytes
        guard bytes.count == descriptor.size else { throw .wrongSize(descriptor.digest, expected: descriptor.size) }
        let digest = Digest(of: bytes)
        guard digest == descriptor.digest else { throw .wrongDigest(expected: descriptor.digest, actual: digest) }
        return bytes
    }

    /// Downloads a blob into a file, or what is missing of it there. What a broken connection, a cancellation or a crash
    /// leaves stays in the file for the next time; what is wrong does not.
    /// - Parameters:
    ///   - path: in a directory of this user's.
    ///   - progress: hears how many bytes are there; from other threads.
    public func download(
        _ blob: ContentDescriptor, of repository: String, to path: String,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws(RegistryError) -> DownloadedBlob {
        let file = try await open(path, blob, progress)
        var mayRestart = file.count > 0
        var attempt = 0
        // Where it has been: what is thrown away and comes again is no progress, or a registry could keep us for ever.
        var furthest = file.count
        while true {
            if file.count < blob.size {
                let error = await fetch(blob, repository, file)
                if let failure = file.failure { try await settle(failure, file, path, blob) }
                if file.count < blob.size {
                    mayRestart = mayRestart || file.count > 0
                    // As long as it goes on, it is worth going on.
                    attempt = file.count > furthest ? 1 : attempt + 1
                    furthest = max(furthest, file.count)
                    let last = error ?? .broken(host: domain, detail: "the end of the blob is missing")
                    guard Self.isPassing(last), attempt < retry.attempts else { throw last }
                    try await retry.wait(attempt)
                    continue
                }
            }
            let digest = file.digest()
            if digest == blob.digest { return DownloadedBlob(path: path, file: file.file) }
            // What an earlier try left may be what is wrong.
            await restart(file, path)
            guard mayRestart else {
                unlink(path)
                throw .wrongDigest(expected: blob.digest, actual: digest)
            }
            mayRestart = false
            (attempt, furthest) = (0, 0)
        }
    }

    /// Asks for what is missing.
    /// - Returns: why it did not come to an end.
    private func fetch(_ blob: ContentDescriptor, _ repository: String, _ file: BlobFile) async -> RegistryError? {
        do throws(RegistryError) {
            let url = try await url("/v2/\(repository)/blobs/\(blob.digest)")
            let offset = file.count
            let headers = offset > 0 ? [(name: "Range", value: "bytes=\(offset)-")] : []
            let call = Call(
                "GET", url, headers: headers, scope: .pull(repository), accepted: [200, 206, 416], limit: nil)
            let (head, _) = try await send(call, to: file)
            if head.status == 416 { return .broken(host: domain, detail: "the registry has no such part of the blob") }
            return nil
        } catch {
            return error
        }
    }

    private func settle(
        _ failure: BlobFile.Failure, _ file: BlobFile, _ path: String, _ blob: ContentDescriptor
    ) async throws(RegistryError) {
        switch failure {
        case .tooLong:
            unlink(path)
            throw .wrongSize(blob.digest, expected: blob.size)
        case .storage(let errno):
            // What fills the disk is not worth keeping: nothing else would work until somebody found it.
            if errno == ENOSPC || errno == EDQUOT { unlink(path) }
            throw .storage(path: path, errno: errno)
        case .wrongPart: await restart(file, path)
        }
    }

    private func restart(_ file: BlobFile, _ path: String) async {
        // Failing to, the next write fails too and is reported.
        await KernelThread.run("blob") { try? file.restart() }
    }

    private func open(
        _ path: String, _ blob: ContentDescriptor, _ progress: @escaping @Sendable (Int) -> Void
    ) async throws(RegistryError) -> BlobFile {
        while true {
            let result = await KernelThread.run("blob") { () -> Result<BlobFile?, Errno> in
                do throws(Errno) {
                    return .success(try BlobFile(path, size: blob.size, progress: progress))
                } catch {
                    return .failure(error)
                }
            }
            switch result {
            case .success(let file?): return file
            // Another pull is at it: there is nothing to do but to look again.
            case .success(nil): try await RetryPolicy.patience.wait(1)
            case .failure(let error): throw .storage(path: path, errno: error.code)
            }
        }
    }

    private static func isPassing(_ error: RegistryError) -> Bool {
        switch error {
        case .broken, .unreachable: true
        default: false
        }
    }
}

extension RetryPolicy {
    /// For a file that another process holds.
    fileprivate static let patience = RetryPolicy(attempts: .max, longest: .seconds(1)) { _ in .milliseconds(100) }
}
