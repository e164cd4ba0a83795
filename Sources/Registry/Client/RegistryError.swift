public import OCI

/// Why a registry did not do what was asked, or was not believed.
public enum RegistryError: Error, Sendable, Hashable {
    /// There is no libcurl on this machine.
    case noLibrary
    case cancelled
    /// No answer from `host`: it has no address, nobody is there, or it takes too long. `detail` is the library's reason.
    case unreachable(host: String, detail: String)
    /// The certificate of `host` is not one to trust.
    case untrusted(host: String, detail: String)
    /// The registry does not let this person do it: no credential, a wrong one, or one without that right.
    case unauthorized(host: String, detail: String)
    /// There is no such repository, tag, manifest or blob.
    case notFound(detail: String)
    /// Too many requests, for longer than anybody waits.
    case rateLimited(host: String, detail: String)
    /// Another refusal.
    case refused(host: String, status: Int, detail: String)
    /// The connection broke again and again.
    case broken(host: String, detail: String)
    /// What came is not what its digest says.
    case wrongDigest(expected: Digest, actual: Digest)
    /// More or fewer bytes came than were announced.
    case wrongSize(Digest, expected: Int)
    /// What came is no such document.
    case malformed(document: String, reason: String)
    /// The image exists, but not for that platform.
    case noPlatform(wanted: Platform, offered: [Platform])
    /// A file of ours could not be written or read.
    case storage(path: String, errno: Int32)
}
