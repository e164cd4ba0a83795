/// Why an image could not be had from a registry, or not be brought there.
public enum RegistryFailure: Error, Sendable, Hashable {
    /// Nobody answers at `host`. `detail` says how it was found out; `offers` are images that can be made here instead.
    case unreachable(host: String, detail: String, offers: [String])
    /// The certificate of `host` is not one to trust.
    case untrusted(host: String, detail: String)
    /// The registry does not let this person do it; or hides that there is no such repository.
    case denied(repository: String, host: String, detail: String)
    /// A user name or password is wrong.
    case wrongPassword(host: String, detail: String)
    case notFound(reference: String, detail: String)
    case tooManyRequests(host: String, detail: String)
    /// The registry refuses for another reason, or does what it must not.
    case refused(host: String, detail: String)
    /// The connection broke again and again.
    case broken(host: String, detail: String)
    /// What came is not what it should be; nothing of it was used.
    case untrustworthy(detail: String)
    /// The image is not made for that platform.
    case noPlatform(wanted: String, offered: [String])
    /// The library that speaks HTTP is not installed.
    case missingLibrary
}

extension RegistryFailure: CustomStringConvertible {
    /// The sentence, in the words of docker and of the registry.
    public var description: String {
        switch self {
        case .unreachable(let host, let detail, _): "Get \"https://\(host)/v2/\": \(detail)"
        case .untrusted(let host, let detail):
            "Get \"https://\(host)/v2/\": tls: failed to verify certificate: \(detail)"
        case .denied(let repository, _, let detail):
            "access denied for \(repository), repository does not exist or may require 'docker login': denied: \(detail)"
        case .wrongPassword(let host, let detail): "Get \"https://\(host)/v2/\": unauthorized: \(detail)"
        case .notFound(let reference, let detail): "manifest for \(reference) not found: manifest unknown: \(detail)"
        case .tooManyRequests(_, let detail): "toomanyrequests: \(detail)"
        case .refused(let host, let detail): "received an unexpected answer from \(host): \(detail)"
        case .broken(let host, let detail): "connection to \(host) broke: \(detail)"
        case .untrustworthy(let detail): "image verification failed: \(detail)"
        case .noPlatform(let wanted, let offered):
            "no matching manifest for \(wanted) in the manifest list entries: \(offered.joined(separator: ", "))"
        case .missingLibrary: "libcurl.so.4 cannot be loaded: install the package libcurl4"
        }
    }
}
