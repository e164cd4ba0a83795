import Documents

/// Reads one instruction. What belongs to single keywords is in the extensions.
struct InstructionParser {
    let keyword: Keyword
    let line: LogicalLine
    let escape: Character
    /// Behind the keyword, without flags.
    let rest: String
    let flags: [(name: String, value: String?)]
    private(set) var warnings: [DockerfileWarning] = []

    init(_ line: LogicalLine, escape: Character) throws(DockerfileError) {
        let (word, behind) = InstructionWords.first(line.text)
        guard let keyword = Keyword(word) else {
            throw DockerfileError(.unknownInstruction(word), lines: line.lines)
        }
        self.keyword = keyword
        self.line = line
        self.escape = escape
        let known = Self.knownFlags[keyword] ?? []
        // Elsewhere `--` is part of what the instruction says: CMD --help.
        guard !known.isEmpty else {
            flags = []
            rest = behind
            return
        }
        let (found, rest) = InstructionWords.flags(behind, escape: escape)
        self.rest = rest
        var flags: [(name: String, value: String?)] = []
        for (name, value) in found {
            guard known.contains(name) else {
                throw DockerfileError(.unknownFlag("--\(name)", of: keyword, known: known), lines: line.lines)
            }
            if flags.contains(where: { $0.name == name }), name != "mount", name != "exclude" {
                throw DockerfileError(.arguments("Duplicate flag specified: \(name)"), lines: line.lines)
            }
            flags.append((name, value.map { WordExpansion.withoutQuotes($0, escape: escape) }))
        }
        self.flags = flags
    }

    private static let knownFlags: [Keyword: [String]] = [
        .add: ["checksum", "chmod", "chown", "exclude", "keep-git-dir", "link", "unpack"],
        .copy: ["chmod", "chown", "exclude", "from", "link", "parents"],
        .from: ["platform"],
        .healthcheck: ["interval", "retries", "start-interval", "start-period", "timeout"],
        .run: ["mount", "network", "security"],
    ]

    func fail(_ sentence: String) -> DockerfileError { DockerfileError(.arguments(sentence), lines: line.lines) }

    func instruction() throws(DockerfileError) -> (instruction: Instruction, warnings: [DockerfileWarning]) {
        var warnings: [DockerfileWarning] = []
        let action = try action(&warnings)
        return (Instruction(keyword: keyword, action: action, text: line.text, lines: line.lines), warnings)
    }

    private func action(_ warnings: inout [DockerfileWarning]) throws(DockerfileError) -> Instruction.Action {
        func warn(_ kind: DockerfileWarning.Kind) {
            warnings.append(DockerfileWarning(kind: kind, lines: line.lines))
        }
        func commandForm() throws(DockerfileError) -> CommandForm {
            let form = self.commandForm(rest)
            if case .shell = form, rest.hasPrefix("["), rest.hasSuffix("]") { warn(.notJSON(keyword)) }
            return form
        }
        switch keyword {
        case .from: throw fail("FROM is not allowed here")
        case .add: return .add(try transfer())
        case .copy: return .copy(try transfer())
        case .arg: return .argument(try argumentDeclarations())
        case .cmd: return .command(try commandForm())
        case .entrypoint:
            guard !rest.isEmpty else { throw fail("ENTRYPOINT requires at least one argument") }
            return .entrypoint(try commandForm())
        case .run:
            let form = try commandForm()
            return .run(try run(form))
        case .env, .label:
            let (settings, isOld) = try settings()
            if isOld { warn(.oldForm(keyword)) }
            return keyword == .env ? .environment(settings) : .label(settings)
        case .expose:
            let ports = InstructionWords.split(rest, escape: escape)
            guard !ports.isEmpty else { throw fail("EXPOSE requires at least one argument") }
            return .expose(ports)
        case .volume:
            let paths = stringArray(rest) ?? InstructionWords.split(rest, escape: escape)
            guard !paths.isEmpty else { throw fail("VOLUME requires at least one argument") }
            guard !paths.contains(where: { $0.trimmed.isEmpty }) else {
                throw fail("VOLUME specified can not be an empty string")
            }
            return .volume(paths)
        case .healthcheck: return .healthCheck(try healthCheck())
        case .maintainer:
            warn(.maintainer)
            return .maintainer(try single())
        case .onbuild: return .onBuild(try trigger())
        case .shell:
            guard let words = stringArray(rest) else {
                throw fail("SHELL requires the arguments to be in JSON form")
            }
            guard !words.isEmpty else { throw fail("SHELL requires at least one argument") }
            return .shell(words)
        case .stopsignal: return .stopSignal(try single())
        case .user: return .user(try single())
        case .workdir: return .workingDirectory(try single())
        }
    }

    private func single() throws(DockerfileError) -> String {
        guard !rest.isEmpty else { throw fail("\(keyword.rawValue) requires exactly one argument") }
        return rest
    }

    /// `["a", "b"]`, or nil where `text` is none.
    func stringArray(_ text: String) -> [String]? {
        guard text.hasPrefix("["), let value = try? JSONValue(parsing: Array(text.utf8)), let array = value.array else {
            return nil
        }
        let strings = array.compactMap(\.string)
        return strings.count == array.count ? strings : nil
    }

    func commandForm(_ text: String) -> CommandForm {
        if let words = stringArray(text), !words.isEmpty || text.trimmed == "[]" { return .exec(words) }
        return .shell(text)
    }

    func flag(_ name: String) -> String? { flags.last { $0.name == name }?.value }

    func isOn(_ name: String) throws(DockerfileError) -> Bool {
        guard let flag = flags.last(where: { $0.name == name }) else { return false }
        switch flag.value?.lowercased() {
        case nil, "true", "1", "t": return true
        case "false", "0", "f": return false
        default: throw fail("expecting boolean value for flag \(name), not: \(flag.value ?? "")")
        }
    }

    /// - Throws: where it is there without a value.
    func value(_ name: String) throws(DockerfileError) -> String? {
        guard let flag = flags.last(where: { $0.name == name }) else { return nil }
        guard let value = flag.value else { throw fail("missing a value on flag: \(name)") }
        return value
    }
}
