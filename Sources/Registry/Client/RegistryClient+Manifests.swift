public import OCI

/// A manifest or index as a registry gave it, verified.
public struct RemoteManifest: Sendable, Hashable {
    public var bytes: [UInt8]
    public var mediaType: String
    public var digest: Digest

    public var descriptor: ContentDescriptor {
        ContentDescriptor(mediaType: mediaType, digest: digest, size: bytes.count)
    }
}

extension RegistryClient {
    private static let accepted = [
        ImageManifest.mediaType, ImageIndex.mediaType, MediaType.dockerManifest, MediaType.dockerList,
    ]

    /// The manifest or index that a tag or a digest stands for.
    /// - Parameters:
    ///   - repository: `library/busybox`
    ///   - reference: a tag, or a digest's text.
    public func manifest(
        _ repository: String, _ reference: String
    ) async throws(RegistryError) -> RemoteManifest {
        let url = try await url("/v2/\(repository)/manifests/\(reference)")
        let headers = Self.accepted.map { (name: "Accept", value: $0) }
        let call = Call("GET", url, headers: headers, scope: .pull(repository), accepted: [200])
        let (head, bytes, _) = try await document(call, limit: Self.manifestLimit)
        let digest = Digest(of: bytes)
        if let wanted = Digest(reference) ?? head["Docker-Content-Digest"].flatMap({ Digest($0) }), wanted != digest {
            throw .wrongDigest(expected: wanted, actual: digest)
        }
        return RemoteManifest(bytes: bytes, mediaType: try Self.mediaType(head, bytes, reference), digest: digest)
    }

    /// What a tag or digest stands for at the registry, without getting it; nil if there is no such thing.
    public func manifestDigest(_ repository: String, _ reference: String) async throws(RegistryError) -> Digest? {
        let url = try await url("/v2/\(repository)/manifests/\(reference)")
        let headers = Self.accepted.map { (name: "Accept", value: $0) }
        let call = Call("HEAD", url, headers: headers, scope: .pull(repository), accepted: [200, 404])
        let head = try await document(call).head
        return head.status == 200 ? head["Docker-Content-Digest"].flatMap { Digest($0) } : nil
    }

    /// Stores a manifest under a tag or its own digest.
    public func put(
        manifest bytes: [UInt8], mediaType: String, _ repository: String, _ reference: String
    ) async throws(RegistryError) {
        let url = try await url("/v2/\(repository)/manifests/\(reference)")
        let call = Call(
            "PUT", url, headers: [("Content-Type", mediaType)], body: .bytes(bytes), scope: .push(repository),
            accepted: [201, 202, 200])
        let head = try await document(call).head
        let digest = Digest(of: bytes)
        if let stored = head["Docker-Content-Digest"].flatMap({ Digest($0) }), stored != digest {
            throw .wrongDigest(expected: digest, actual: stored)
        }
    }

    /// What the document says it is counts; the header where it says nothing.
    private static func mediaType(
        _ head: HTTPHead, _ bytes: [UInt8], _ reference: String
    ) throws(RegistryError) -> String {
        let header = head["Content-Type"].map { String($0.prefix { $0 != ";" }).trimmingSpaces } ?? ""
        let said: String?
        do throws(OCIParseError) {
            said = try ManifestKind.mediaType(bytes)
        } catch {
            throw .malformed(document: "manifest \(reference)", reason: error.sentence)
        }
        let type = said ?? header
        if MediaType.isManifest(type) || MediaType.isIndex(type) { return type }
        throw .malformed(
            document: "manifest \(reference)", reason: "its kind is not supported: \(type.prefix(100))")
    }
}
