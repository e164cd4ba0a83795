/// The name of an image as people write it, made whole as docker does: `busybox` is `docker.io/library/busybox:latest`.
/// Grammar: github.com/distribution/reference.
public struct ImageReference: Sendable, Hashable, CustomStringConvertible {
    /// `docker.io`, `localhost:5000`, …
    public let domain: String
    /// `library/busybox`
    public let path: String
    /// Nil only where a digest was given without a tag.
    public let tag: String?
    public let digest: Digest?

    /// - Throws: `.invalidFormat`, `.uppercase`.
    public init(_ text: String) throws(ImageReferenceError) {
        var rest = text[...]
        var digest: Digest?
        if let at = rest.lastIndex(of: "@") {
            guard let parsed = Digest(rest[rest.index(after: at)...]) else { throw .invalidFormat(text) }
            digest = parsed
            rest = rest[..<at]
        }
        var tag: String?
        // A colon after the last slash begins a tag; one before it belongs to the registry's port.
        let lastComponent = rest.lastIndex(of: "/").map { rest.index(after: $0) } ?? rest.startIndex
        if let colon = rest[lastComponent...].firstIndex(of: ":") {
            let word = rest[rest.index(after: colon)...]
            guard Self.isTag(word) else { throw .invalidFormat(text) }
            tag = String(word)
            rest = rest[..<colon]
        }
        var domain = "docker.io"
        var path = String(rest)
        if let slash = rest.firstIndex(of: "/") {
            let first = rest[..<slash]
            if first.contains(".") || first.contains(":") || first == "localhost" || first != first.lowercased() {
                domain = first == "index.docker.io" ? "docker.io" : String(first)
                path = String(rest[rest.index(after: slash)...])
                guard Self.isDomain(first) else { throw .invalidFormat(text) }
            }
        }
        if domain == "docker.io", !path.contains("/") { path = "library/" + path }
        guard path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(Self.isPathComponent) else {
            let lowered = path.lowercased()
            if lowered != path,
                lowered.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(Self.isPathComponent)
            {
                throw .uppercase(path)
            }
            throw .invalidFormat(text)
        }
        guard domain.utf8.count + 1 + path.utf8.count <= 255 else { throw .invalidFormat(text) }
        self.domain = domain
        self.path = path
        self.tag = tag ?? (digest == nil ? "latest" : nil)
        self.digest = digest
    }

    /// The whole name: `docker.io/library/busybox:latest`.
    public var description: String { domain + "/" + path + suffix }

    /// As docker shows it: `busybox:latest`.
    public var familiar: String { familiarName + suffix }

    /// As docker shows it, without the tag: `busybox`.
    public var familiarName: String {
        guard domain == "docker.io" else { return domain + "/" + path }
        let library = "library/"
        return path.hasPrefix(library) ? String(path.dropFirst(library.count)) : path
    }

    private var suffix: String {
        (tag.map { ":" + $0 } ?? "") + (digest.map { "@" + $0.description } ?? "")
    }

    // tag: [\w][\w.-]{0,127}
    private static func isTag(_ word: Substring) -> Bool {
        guard let first = word.utf8.first, word.utf8.count <= 128, isWord(first) else { return false }
        return word.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    // domain: components of letters, digits and inner hyphens, joined by dots; an optional port.
    private static func isDomain(_ word: Substring) -> Bool {
        let parts = word.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, parts.count <= 2 else { return false }
        if parts.count == 2, UInt16(parts[1]) == nil { return false }
        return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { component in
            guard let first = component.utf8.first, let last = component.utf8.last else { return false }
            return isAlphanumeric(first) && isAlphanumeric(last)
                && component.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }

    // path component: runs of [a-z0-9] joined by one '.', one or two '_', or any number of '-'.
    private static func isPathComponent(_ word: Substring) -> Bool {
        var separator: [UInt8] = []
        var isStart = true
        for byte in word.utf8 {
            if isLowerAlphanumeric(byte) {
                guard isStart ? separator.isEmpty : isSeparator(separator) else { return false }
                separator = []
                isStart = false
            } else {
                separator.append(byte)
            }
        }
        return !isStart && separator.isEmpty
    }

    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        switch bytes {
        case [], [UInt8(ascii: ".")], [UInt8(ascii: "_")], [UInt8(ascii: "_"), UInt8(ascii: "_")]: true
        default: bytes.allSatisfy { $0 == UInt8(ascii: "-") }
        }
    }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerAlphanumeric(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: "_") }
}

/// Why a text is no image reference.
public enum ImageReferenceError: Error, Sendable, Hashable, CustomStringConvertible {
    case invalidFormat(String)
    /// The path with its upper-case letters.
    case uppercase(String)

    public var description: String {
        switch self {
        case .invalidFormat: "invalid reference format"
        case .uppercase(let path): "invalid reference format: repository name (\(path)) must be lowercase"
        }
    }
}
