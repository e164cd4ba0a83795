/// The comments at the very top that tell how the rest is to be read: `# syntax=…`, `# escape=…`, `# check=…`.
struct ParserDirectives {
    var syntax: String?
    /// What continues a line and takes away the meaning of a character.
    var escape: Character = "\\"

    /// Reads them from the first lines; a line that is none of them ends them.
    init(_ lines: [String]) throws(DockerfileError) {
        var seen: Set<String> = []
        for (index, line) in lines.enumerated() {
            guard let (name, value) = Self.directive(line) else { return }
            let place = (index + 1)...(index + 1)
            guard seen.insert(name).inserted else {
                throw DockerfileError(
                    .arguments("only one \(name) parser directive can be used"), lines: place)
            }
            switch name {
            case "syntax": syntax = value
            case "escape":
                guard value == "\\" || value == "`" else {
                    throw DockerfileError(
                        .arguments("invalid escape token '\(value)' does not match ` or \\"), lines: place)
                }
                escape = value == "`" ? "`" : "\\"
            default: break
            }
        }
    }

    private static func directive(_ line: String) -> (name: String, value: String)? {
        let trimmed = line.trimmed
        guard trimmed.first == "#", let equals = trimmed.firstIndex(of: "=") else { return nil }
        let name = trimmed[trimmed.index(after: trimmed.startIndex)..<equals].trimmed.lowercased()
        guard ["syntax", "escape", "check"].contains(name) else { return nil }
        return (name, String(trimmed[trimmed.index(after: equals)...].trimmed))
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: SubSequence {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return self[endIndex...] }
        return self[first...last]
    }
}
