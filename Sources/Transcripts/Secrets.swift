/// Strikes out what looks like a secret: values of `password=`, `token:`, `secret=` and the like, `--password X`,
/// `Authorization: Bearer X`.
public enum Secrets {
    private static let names = ["password", "passwd", "token", "secret", "apikey", "api_key", "api-key", "bearer"]

    /// The text with such values replaced by `•••`.
    public static func struckOut(_ text: String) -> String {
        let lowered = text.lowercased()
        guard names.contains(where: { lowered.contains($0) }) else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line($0) }.joined(separator: "\n")
    }

    private static func line(_ line: Substring) -> String {
        var result = ""
        var rest = line
        while let (name, range) = nearest(in: rest) {
            result += rest[..<range.upperBound]
            rest = rest[range.upperBound...]
            let isBearer = name == "bearer"
            // `password=X`, `password: X`, `--password X`, `Bearer X`; `tokens are` is prose.
            let separator = rest.prefix { "=: \"'".contains($0) }
            let hasSign = separator.contains("=") || separator.contains(":")
            let isFlag = result.dropLast(name.count).hasSuffix("--")
            guard hasSign || ((isFlag || isBearer) && !separator.isEmpty) else { continue }
            result += separator
            rest = rest.dropFirst(separator.count)
            let value = rest.prefix { !" \t\r\"',;&".contains($0) }
            if value.lowercased() == "bearer" { continue }
            if !value.isEmpty { result += "•••" }
            rest = rest.dropFirst(value.count)
        }
        return result + rest
    }

    private static func nearest(in text: Substring) -> (name: String, range: Range<Substring.Index>)? {
        let lowered = text.lowercased()
        // Lower-casing may change the number of characters; then nothing can be located, and the line stays.
        guard lowered.count == text.count else { return nil }
        var best: (name: String, range: Range<Substring.Index>)?
        for name in names {
            guard let found = lowered.firstRange(of: name) else { continue }
            let start = text.index(
                text.startIndex, offsetBy: lowered.distance(from: lowered.startIndex, to: found.lowerBound))
            let end = text.index(start, offsetBy: name.count)
            if best.map({ start < $0.range.lowerBound }) ?? true { best = (name, start..<end) }
        }
        return best
    }
}
