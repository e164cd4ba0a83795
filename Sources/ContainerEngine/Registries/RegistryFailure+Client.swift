import ContainerRuntime
import Glibc
import OCI
import Registry

extension RuntimeError {
    /// What a failure of the registry's client is to those who asked for an image.
    /// - Parameters:
    ///   - reference: what was asked for.
    ///   - offers: images that can be made here without a network.
    init(_ error: RegistryError, _ reference: ImageReference, offers: [String] = []) {
        let repository = reference.familiarName
        switch error {
        case .noLibrary: self = .registry(.missingLibrary)
        case .cancelled: self = .system(stage: "transfer", errno: ECANCELED, path: nil)
        case .unreachable(let host, let detail):
            self = .registry(.unreachable(host: host, detail: detail, offers: offers))
        case .untrusted(let host, let detail): self = .registry(.untrusted(host: host, detail: detail))
        case .unauthorized(let host, let detail):
            self = .registry(.denied(repository: repository, host: host, detail: detail))
        case .notFound(let detail): self = .registry(.notFound(reference: reference.familiar, detail: detail))
        case .rateLimited(let host, let detail): self = .registry(.tooManyRequests(host: host, detail: detail))
        case .refused(let host, let status, let detail):
            self = .registry(.refused(host: host, detail: "status \(status)" + (detail.isEmpty ? "" : ": \(detail)")))
        case .broken(let host, let detail): self = .registry(.broken(host: host, detail: detail))
        case .wrongDigest(let expected, let actual):
            self = .registry(.untrustworthy(detail: "\(expected) was announced, \(actual) came"))
        case .wrongSize(let digest, let expected):
            self = .registry(.untrustworthy(detail: "\(digest) was announced with \(expected) bytes, others came"))
        case .malformed(let document, let reason):
            self = .registry(.untrustworthy(detail: "\(document): \(reason)"))
        case .noPlatform(let wanted, let offered):
            self = .registry(.noPlatform(wanted: wanted.description, offered: offered.map(\.description)))
        case .storage(let path, let errno): self = .system(stage: "download", errno: errno, path: path)
        }
    }
}
