public import LinuxKernel
public import OCI

extension RegistryClient {
    /// Bytes of a piece of an upload: what a broken connection costs at most.
    static let pieceLength = 16 << 20

    /// The repository has that blob.
    public func hasBlob(_ digest: Digest, in repository: String) async throws(RegistryError) -> Bool {
        let url = try await url("/v2/\(repository)/blobs/\(digest)")
        let call = Call("HEAD", url, scope: .push(repository), accepted: [200, 404])
        return try await document(call).head.status == 200
    }

    /// Has the registry take over a blob from another of its repositories.
    /// - Returns: false if it does not: the blob is to be uploaded.
    public func mount(
        _ digest: Digest, from source: String, in repository: String
    ) async throws(RegistryError) -> Bool {
        let url = try await url("/v2/\(repository)/blobs/uploads/").adding(
            query: [("mount", digest.description), ("from", source)])
        let call = Call(
            "POST", url, body: .bytes([]), scope: .push(repository, from: source), accepted: [201, 202, 404])
        let (head, _, place) = try await document(call)
        if head.status == 202, let session = session(head, place) {
            // It has begun an upload instead, which nobody is going to finish.
            let call = Call("DELETE", session, scope: .push(repository), accepted: [204, 202, 200])
            _ = try? await document(call)
        }
        return head.status == 201
    }

    /// Uploads a blob: in one piece, or in several, of which only those are sent again that did not arrive.
    /// - Parameters:
    ///   - file: holds the blob from its beginning.
    ///   - progress: hears how many bytes have gone out; from other threads.
    public func upload(
        _ blob: ContentDescriptor, from file: FileDescriptor, to repository: String,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws(RegistryError) {
        var upload: Upload?
        var attempt = 0
        while true {
            do throws(RegistryError) {
                let current: Upload
                if let upload { current = upload } else { current = try await begin(blob, repository) }
                upload = current
                guard let next = try await send(current, blob, file, repository, progress) else { return }
                upload = next
                attempt = 0
            } catch {
                guard case .broken = error, attempt + 1 < retry.attempts else { throw error }
                attempt += 1
                try await retry.wait(attempt)
                if let broken = upload { upload = try await resume(broken, repository) }
            }
        }
    }

    private struct Upload {
        var url: HTTPURL
        /// Bytes that the registry has.
        var offset: Int
        var pieceLength: Int
    }

    private func begin(_ blob: ContentDescriptor, _ repository: String) async throws(RegistryError) -> Upload {
        let url = try await url("/v2/\(repository)/blobs/uploads/")
        let call = Call("POST", url, body: .bytes([]), scope: .push(repository), accepted: [202])
        let (head, _, place) = try await document(call)
        guard let session = session(head, place) else {
            throw .malformed(document: "Location of \(domain)", reason: "it is no URL")
        }
        let least = head["OCI-Chunk-Min-Length"].flatMap { Int($0) } ?? 0
        return Upload(url: session, offset: 0, pieceLength: max(Self.pieceLength, min(least, blob.size)))
    }

    /// Sends the next piece.
    /// - Returns: how it goes on; nil if that was the last one.
    private func send(
        _ upload: Upload, _ blob: ContentDescriptor, _ file: FileDescriptor, _ repository: String,
        _ progress: @escaping @Sendable (Int) -> Void
    ) async throws(RegistryError) -> Upload? {
        let rest = blob.size - upload.offset
        let length = min(rest, upload.pieceLength)
        let isLast = length == rest
        let offset = upload.offset
        let body = HTTPRequest.Body.file(file, offset: offset, length: length) { progress(offset + $0) }
        var headers = [(name: "Content-Type", value: "application/octet-stream")]
        if !isLast || offset > 0, length > 0 {
            headers.append(("Content-Range", "\(offset)-\(offset + length - 1)"))
        }
        let url = isLast ? upload.url.adding(query: [("digest", blob.digest.description)]) : upload.url
        let call = Call(
            isLast ? "PUT" : "PATCH", url, headers: headers, body: body, scope: .push(repository),
            accepted: isLast ? [201, 204] : [202, 204], limit: nil)
        let (head, place) = try await send(call, to: DocumentSink(limit: 1 << 20))
        if isLast { return nil }
        guard let session = session(head, place) else {
            throw .malformed(document: "Location of \(domain)", reason: "it is no URL")
        }
        return Upload(url: session, offset: offset + length, pieceLength: upload.pieceLength)
    }

    /// Asks how much has arrived.
    /// - Returns: nil if the registry knows nothing of the upload any more.
    private func resume(_ upload: Upload, _ repository: String) async throws(RegistryError) -> Upload? {
        let call = Call("GET", upload.url, scope: .push(repository), accepted: [204, 404])
        let (head, _, place) = try await document(call)
        // "0-1023", or "0-0" for nothing: then it begins anew.
        guard head.status == 204, let last = head["Range"]?.split(separator: "-").last.flatMap({ Int($0) }), last > 0
        else {
            return nil
        }
        return Upload(url: session(head, place) ?? upload.url, offset: last + 1, pieceLength: upload.pieceLength)
    }

    /// Where an upload goes on. A registry behind an encrypting proxy names itself without: it is the same place.
    private func session(_ head: HTTPHead, _ place: HTTPURL) -> HTTPURL? {
        guard let url = head["Location"].flatMap({ place.resolving($0) }) else { return nil }
        guard place.scheme == .https, url.scheme == .http else { return url }
        return url.host == place.host ? place.at(url.target) : nil
    }
}
