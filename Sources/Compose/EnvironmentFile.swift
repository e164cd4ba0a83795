/// A file of variables (`.env`, `env_file`): `NAME=value` lines, `export` before them, comments, values in quotes.
public enum EnvironmentFile {
    /// - Parameters:
    ///   - file: its name, for error messages.
    ///   - variables: what its values may refer to, beside what stands above them.
    /// - Throws: `ComposeError` with the line.
    public static func parse(
        _ text: String, file: String, variables: [String: String]
    ) throws(ComposeError) -> [(name: String, value: String)] {
        var known = variables
        var entries: [(name: String, value: String)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var rest = line.drop { $0 == " " || $0 == "\t" }
            while let last = rest.last, last == "\r" || last == " " || last == "\t" { rest = rest.dropLast() }
            if rest.isEmpty || rest.hasPrefix("#") { continue }
            if rest.hasPrefix("export ") { rest = rest.dropFirst("export ".count) }
            func fault(_ reason: String) -> ComposeError {
                ComposeError(file: file, line: index + 1, reason: .other(reason))
            }
            guard let equals = rest.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                // A name alone takes its value from outside.
                if let value = variables[String(rest)] { entries.append((String(rest), value)) }
                continue
            }
            let name = rest[..<equals].trimmingSpaces
            guard let first = name.first, !first.isNumber,
                name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "-") })
            else { throw fault("unexpected character in variable name \"\(name)\"") }
            let (raw, isLiteral) = try unquoted(rest[rest.index(after: equals)...].trimmingSpaces, fault)
            var value = raw
            if !isLiteral {
                do throws(Interpolation.Fault) {
                    value = try Interpolation(variables: known).expand(raw)
                } catch {
                    throw fault("invalid interpolation format: \"\(raw)\"")
                }
            }
            known[String(name)] = value
            entries.append((String(name), value))
        }
        return entries
    }

    /// - Returns: the text without its quotes, and whether variables in it stay as they are.
    private static func unquoted(
        _ text: Substring, _ fault: (String) -> ComposeError
    ) throws(ComposeError) -> (String, Bool) {
        guard let quote = text.first, quote == "'" || quote == "\"" else {
            // A comment begins behind white space.
            var end = text.startIndex
            while let mark = text[end...].firstIndex(of: "#") {
                if mark == text.startIndex || text[text.index(before: mark)] == " " {
                    return (String(text[..<mark].trimmingSpaces), false)
                }
                end = text.index(after: mark)
            }
            return (String(text), false)
        }
        var result = ""
        var isEscaped = false
        for character in text.dropFirst() {
            if isEscaped {
                switch character {
                case "n": result.append("\n")
                case "t": result.append("\t")
                case "r": result.append("\r")
                case "\"", "\\": result.append(character)
                case "$": result += "$$"
                default: result += "\\\(character)"
                }
                isEscaped = false
            } else if character == "\\", quote == "\"" {
                isEscaped = true
            } else if character == quote {
                return (result, quote == "'")
            } else {
                result.append(character)
            }
        }
        throw fault("unterminated quoted value \(text)")
    }
}

extension Substring {
    var trimmingSpaces: Substring {
        var rest = drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" { rest = rest.dropLast() }
        return rest
    }
}
