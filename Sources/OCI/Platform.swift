public import Documents

/// A kind of machine in Go's words (OCI image-spec, image-index.md): `linux/amd64`, `linux/arm/v7`.
public struct Platform: Sendable, Hashable, CustomStringConvertible {
    public var operatingSystem: String
    public var architecture: String
    /// Of the processor: `v7`; empty for the architecture's usual one.
    public var variant: String

    public init(operatingSystem: String = "linux", architecture: String, variant: String = "") {
        self.operatingSystem = operatingSystem
        self.architecture = architecture
        self.variant = variant
    }

    /// What people write behind `--platform`: `linux/amd64`, `linux/arm64/v8`, `arm64`, `linux`.
    /// Nil if it is no such thing.
    public init?(_ text: String) {
        let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), parts.allSatisfy(Self.isWord) else { return nil }
        switch parts.count {
        case 1 where Self.isOperatingSystem(parts[0]):
            self.init(operatingSystem: parts[0], architecture: Self.current.architecture)
        case 1: self.init(normalizing: "linux", parts[0], "")
        default: self.init(normalizing: parts[0], parts[1], parts.count == 3 ? parts[2] : "")
        }
    }

    /// The one this program was built for.
    public static var current: Platform {
        #if arch(arm64)
            Platform(architecture: "arm64")
        #else
            Platform(architecture: "amd64")
        #endif
    }

    init?(_ document: JSONValue?) {
        guard let system = document?["os"]?.string, let architecture = document?["architecture"]?.string else {
            return nil
        }
        self.init(normalizing: system, architecture, document?["variant"]?.string ?? "")
    }

    public var description: String {
        operatingSystem + "/" + architecture + (variant.isEmpty ? "" : "/" + variant)
    }

    public var document: JSONValue {
        var document: JSONValue = ["architecture": .string(architecture), "os": .string(operatingSystem)]
        if !variant.isEmpty { document["variant"] = .string(variant) }
        return document
    }

    /// Programs of `other` run on this one.
    public func runs(_ other: Platform) -> Bool {
        guard operatingSystem == other.operatingSystem, architecture == other.architecture else { return false }
        if variant == other.variant || other.variant.isEmpty { return true }
        // Each arm runs what was made for an earlier one; amd64's levels likewise.
        guard let own = Int(variant.dropFirst()), let wanted = Int(other.variant.dropFirst()) else { return false }
        return wanted <= own
    }

    // Other names of the same: containerd's platforms package has the list.
    private init(normalizing system: String, _ architecture: String, _ variant: String) {
        let names = ["x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "i386": "386", "armhf": "arm"]
        let name = names[architecture] ?? architecture
        let usual = ["arm64": "v8", "amd64": "v1"]
        let plain = variant.isEmpty || usual[name] == variant || usual[name] == "v" + variant
        self.init(
            operatingSystem: system == "macos" ? "darwin" : system, architecture: name,
            variant: plain ? (name == "arm" ? "v7" : "") : variant)
    }

    private static func isOperatingSystem(_ word: String) -> Bool {
        ["linux", "windows", "darwin", "macos", "freebsd", "netbsd", "openbsd", "solaris"].contains(word)
    }

    private static func isWord(_ word: String) -> Bool {
        !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                    UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

extension ImageConfiguration {
    /// The kind of machine the image is made for.
    public var platform: Platform? { Platform(document) }
}
