/// Which requests go through a proxy: the variables that Go's net/http and curl read.
public struct ProxySettings: Sendable, Hashable {
    let http: String?
    let https: String?
    /// Entries of `NO_PROXY`, in lower case.
    let exceptions: [String]

    /// - Parameter environment: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case.
    public init(environment: [String: String]) {
        func value(_ name: String) -> String? {
            [environment[name], environment[name.lowercased()]].lazy.compactMap { $0 }.first { !$0.isEmpty }
        }
        http = value("HTTP_PROXY") ?? value("ALL_PROXY")
        https = value("HTTPS_PROXY") ?? value("ALL_PROXY")
        exceptions = (value("NO_PROXY") ?? "").split(separator: ",").map { $0.trimmingSpaces.lowercased() }
            .filter { !$0.isEmpty }
    }

    /// The proxy's URL; nil to go there directly. This machine itself is never behind a proxy.
    func proxy(for url: HTTPURL) -> String? {
        guard let proxy = url.scheme == .https ? https : http, !url.isLoopback else { return nil }
        return exceptions.contains { Self.excepts($0, url) } ? nil : proxy
    }

    // `*`, a name and all names below it, one with a port, an address, or a network (CIDR).
    private static func excepts(_ entry: String, _ url: HTTPURL) -> Bool {
        if entry == "*" { return true }
        var name = entry[...]
        if let slash = entry.firstIndex(of: "/") {
            guard let network = IPv4Bits(entry[..<slash]), let length = UInt32(entry[entry.index(after: slash)...]),
                length <= 32, let address = IPv4Bits(url.host[...])
            else { return false }
            return length == 0 || (network.bits ^ address.bits) >> (32 - length) == 0
        }
        if !entry.hasSuffix("]"), let colon = entry.lastIndex(of: ":") {
            guard UInt16(entry[entry.index(after: colon)...]) == url.port else { return false }
            name = entry[..<colon]
        }
        if name.hasPrefix("*.") { name = name.dropFirst() }
        if name.hasPrefix(".") { return url.host.hasSuffix(name) || url.host == name.dropFirst() }
        return url.host == name || url.host.hasSuffix("." + name)
    }
}

private struct IPv4Bits {
    let bits: UInt32

    init?(_ text: Substring) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard let part else { return nil }
            bits = bits << 8 | UInt32(part)
        }
        self.bits = bits
    }
}
