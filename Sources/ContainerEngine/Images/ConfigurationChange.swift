import ContainerRuntime
import Documents
import OCI

/// A line of `docker commit --change` and `docker import --change`: the instructions of a Dockerfile that only change an
/// image's settings.
struct ConfigurationChange {
    private let instruction: String
    private let rest: String
    private let line: String

    /// - Throws: `.invalid` for an instruction that is none of these.
    init(_ line: String) throws(RuntimeError) {
        let text = line.drop { $0 == " " || $0 == "\t" }
        let word = text.prefix { $0 != " " && $0 != "\t" }
        instruction = word.uppercased()
        rest = String(text.dropFirst(word.count).drop { $0 == " " || $0 == "\t" })
        self.line = line
        let known = [
            "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "LABEL", "ONBUILD", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
        ]
        guard known.contains(instruction) else { throw fail("\(word.lowercased()) is not a valid change command") }
        guard !rest.isEmpty else { throw fail("\(instruction) requires at least one argument") }
    }

    private func fail(_ reason: String) -> RuntimeError { .invalid(field: "--change", reason: reason) }

    func apply(to configuration: inout ImageConfiguration) throws(RuntimeError) {
        switch instruction {
        case "CMD": configuration.command = command()
        case "ENTRYPOINT": configuration.entrypoint = command()
        case "ENV":
            for (name, value) in try pairs() {
                configuration.environment.removeAll { $0.hasPrefix(name + "=") }
                configuration.environment.append("\(name)=\(value)")
            }
        case "LABEL": for (name, value) in try pairs() { configuration.labels[name] = value }
        case "EXPOSE":
            configuration.exposedPorts += try words(rest).map { port in port.contains("/") ? port : port + "/tcp" }
        case "VOLUME":
            if let list = list() { configuration.volumes += list } else { configuration.volumes += try words(rest) }
        case "ONBUILD":
            let old = configuration.document.at("config", "OnBuild")?.array ?? []
            configuration.document["config"]["OnBuild"] = .array(old + [.string(rest)])
        case "STOPSIGNAL": configuration.stopSignal = rest
        case "USER": configuration.user = rest
        default:
            let base = configuration.workingDirectory
            configuration.workingDirectory =
                rest.hasPrefix("/") ? rest : (base.hasSuffix("/") ? base : base + "/") + rest
        }
    }

    /// `["sh", "-c"]`, or nil.
    private func list() -> [String]? {
        guard rest.hasPrefix("["), let array = (try? JSONValue(parsing: Array(rest.utf8)))?.array else { return nil }
        let strings = array.compactMap(\.string)
        return strings.count == array.count ? strings : nil
    }

    private func command() -> [String] { list() ?? ["/bin/sh", "-c", rest] }

    /// `A=b "C=d e"`, or the old form `A b c`.
    private func pairs() throws(RuntimeError) -> [(String, String)] {
        let words = try words(rest)
        guard let first = words.first, first.contains("=") else {
            guard words.count > 1 else { throw fail("\(instruction) must have two arguments") }
            return [(words[0], String(rest.dropFirst(words[0].count).drop { $0 == " " }))]
        }
        var pairs: [(String, String)] = []
        for word in words {
            guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
                throw fail("Syntax error - can't find = in \"\(word)\". Must be of the form: name=value")
            }
            pairs.append((String(word[..<equals]), String(word[word.index(after: equals)...])))
        }
        return pairs
    }

    /// Words of a shell: quotes and backslashes hold blanks together.
    private func words(_ text: String) throws(RuntimeError) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if quote == nil, character == " " || character == "\t" {
                if let finished = word { words.append(finished) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if quote != nil { throw fail("unexpected end of statement while looking for matching quote") }
        if let finished = word { words.append(finished) }
        return words
    }
}
