extension InstructionParser {
    /// FROM.
    func stage() throws(DockerfileError) -> Stage {
        let words = InstructionWords.split(rest, escape: escape)
        guard words.count == 1 || words.count == 3 else {
            throw fail("FROM requires either one or three arguments")
        }
        var name: String?
        if words.count == 3 {
            guard words[1].lowercased() == "as" else { throw fail("FROM requires either one or three arguments") }
            let lowered = words[2].lowercased()
            guard Self.isStageName(lowered) else {
                throw fail(
                    "invalid name for build stage: \"\(words[2])\", name can't start with a number or contain symbols")
            }
            guard lowered != "scratch", lowered != "context" else {
                throw fail("invalid name for build stage: \"\(words[2])\", name is reserved")
            }
            name = lowered
        }
        return Stage(
            base: words[0], platform: try value("platform"), name: name, instructions: [], text: line.text,
            lines: line.lines)
    }

    // [a-z][a-z0-9-_.]*
    private static func isStageName(_ word: String) -> Bool {
        guard let first = word.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "-_.".utf8.contains(byte)
            }
        }
    }

    /// ARG.
    func argumentDeclarations() throws(DockerfileError) -> [ArgumentDeclaration] {
        let words = InstructionWords.split(rest, escape: escape)
        guard !words.isEmpty else { throw fail("ARG requires at least one argument") }
        var declarations: [ArgumentDeclaration] = []
        for word in words {
            let name = word.prefix { $0 != "=" }
            guard !name.isEmpty else { throw fail("ARG names can not be blank") }
            declarations.append(
                ArgumentDeclaration(
                    name: String(name),
                    fallback: name.endIndex == word.endIndex ? nil : String(word[name.endIndex...].dropFirst())))
        }
        return declarations
    }

    /// ENV and LABEL: `NAME=value …`, or the old `NAME value with blanks`.
    func settings() throws(DockerfileError) -> (settings: [Setting], isOld: Bool) {
        let words = InstructionWords.split(rest, escape: escape)
        guard let first = words.first else { throw fail("\(keyword.rawValue) requires at least one argument") }
        guard first.contains("=") else {
            let (name, value) = InstructionWords.first(rest)
            guard !value.isEmpty else { throw fail("\(keyword.rawValue) must have two arguments") }
            return ([Setting(name: name, value: value)], true)
        }
        var settings: [Setting] = []
        for word in words {
            guard let equals = word.firstIndex(of: "=") else {
                throw fail("Syntax error - can't find = in \"\(word)\". Must be of the form: name=value")
            }
            let name = String(word[..<equals])
            guard !name.isEmpty else { throw fail("\(keyword.rawValue) names can not be blank") }
            settings.append(Setting(name: name, value: String(word[word.index(after: equals)...])))
        }
        return (settings, false)
    }

    /// ONBUILD: what follows must be an instruction that may be kept.
    func trigger() throws(DockerfileError) -> String {
        guard !rest.isEmpty else { throw fail("ONBUILD requires at least one argument") }
        let kept = LogicalLine(text: rest, lines: line.lines, hereDocuments: line.hereDocuments)
        let parser = try InstructionParser(kept, escape: escape)
        switch parser.keyword {
        case .onbuild: throw fail("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
        case .from, .maintainer: throw fail("\(parser.keyword.rawValue) isn't allowed as an ONBUILD trigger")
        default: _ = try parser.instruction()
        }
        return rest
            + line.hereDocuments.map { "\n" + $0.content + $0.name }.joined()
    }

    /// HEALTHCHECK.
    func healthCheck() throws(DockerfileError) -> HealthCheckInstruction {
        let (kind, command) = InstructionWords.first(rest)
        var check = HealthCheckInstruction()
        switch kind.uppercased() {
        case "": throw fail("HEALTHCHECK requires at least one argument")
        case "NONE":
            guard command.isEmpty else { throw fail("HEALTHCHECK NONE takes no arguments") }
            return check
        case "CMD":
            guard !command.isEmpty else { throw fail("Missing command after HEALTHCHECK CMD") }
            check.command = commandForm(command)
        default: throw fail("Unknown type \"\(kind)\" in HEALTHCHECK (try CMD)")
        }
        check.interval = try value("interval")
        check.timeout = try value("timeout")
        check.startPeriod = try value("start-period")
        check.startInterval = try value("start-interval")
        if let retries = try value("retries") {
            guard let number = Int(retries), number >= 0 else {
                throw fail("--retries cannot be negative or no number (\(retries))")
            }
            check.retries = number
        }
        return check
    }
}
