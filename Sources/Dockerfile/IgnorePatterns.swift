/// `.dockerignore`: what of a directory does not belong to the context of a build. The last pattern that matches a path,
/// or a directory above it, decides; `!` brings back.
public struct IgnorePatterns: Sendable, Hashable {
    private struct Rule: Hashable {
        var pattern: PathPattern
        var bringsBack: Bool
    }

    private var rules: [Rule] = []

    public init() {}

    /// - Throws: the malformed line, with its number.
    public init(parsing bytes: some Sequence<UInt8>) throws(DockerfileError) {
        for (index, line) in Dockerfile.lines(bytes).enumerated() {
            if line.hasPrefix("#") { continue }
            var text = line.trimmed
            let bringsBack = text.first == "!"
            if bringsBack { text = text.dropFirst().trimmed }
            guard !text.isEmpty else {
                if !bringsBack { continue }
                throw DockerfileError(.arguments("illegal exclusion pattern: \"!\""), lines: (index + 1)...(index + 1))
            }
            guard let pattern = PathPattern(Self.clean(text)) else {
                throw DockerfileError(
                    .arguments("syntax error in pattern: \(text)"), lines: (index + 1)...(index + 1))
            }
            // "." would be all of it; docker takes it for nothing.
            if pattern.text.isEmpty { continue }
            rules.append(Rule(pattern: pattern, bringsBack: bringsBack))
        }
    }

    /// Patterns that leave out and bring nothing back: `COPY --exclude`. Malformed ones match nothing.
    public init(excluding patterns: [String]) {
        rules = patterns.compactMap { text in
            PathPattern(Self.clean(text[...])).map { Rule(pattern: $0, bringsBack: false) }
        }
    }

    public var isEmpty: Bool { rules.isEmpty }

    /// - Parameter path: relative to the context, without dots.
    public func ignores(_ path: some StringProtocol) -> Bool {
        var ignored = false
        for rule in rules where rule.bringsBack == ignored && rule.pattern.matchesOrContains(path) {
            ignored = !rule.bringsBack
        }
        return ignored
    }

    /// Something below an ignored directory may be brought back, so it must be looked through.
    public var bringsBack: Bool { rules.contains(where: \.bringsBack) }

    /// As Go's filepath.Clean: no dots, no doubled slashes; a leading slash is the context's own.
    private static func clean(_ text: Substring) -> String {
        var parts: [Substring] = []
        for part in text.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else if part != ".." {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }
}
