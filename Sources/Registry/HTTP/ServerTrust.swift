import Glibc
import LinuxKernel

/// What a registry's certificate is held against beside the system's authorities, and what to show it.
public struct ServerTrust: Sendable, Hashable {
    /// PEM certificates, one behind the other.
    public var authorities: [UInt8] = []
    /// Paths of PEM files.
    public var certificate: String?
    public var key: String?

    public init() {}

    /// Reads what docker reads (`/etc/docker/certs.d`): in a directory named as the registry (`registry.example:5000`),
    /// every `*.crt` is an authority; `client.cert` with `client.key`, or any other such pair, says who we are.
    /// - Parameter directories: such as hold these directories; the first that has one for the registry counts.
    public init(registry: String, directories: [String]) {
        // It becomes a part of a path.
        guard !registry.contains("/"), registry != "..", registry != "." else { return }
        for directory in directories {
            let place = directory + "/" + registry
            guard let names = try? DirectoryTree.names(in: place) else { continue }
            for name in names.sorted() {
                if name.hasSuffix(".crt"), let bytes = try? ProcessFiles.read(place + "/" + name) {
                    authorities += bytes + [0x0A]
                } else if name.hasSuffix(".cert"), certificate == nil {
                    certificate = place + "/" + name
                    key = place + "/" + name.dropLast(4) + "key"
                }
            }
            return
        }
    }
}
