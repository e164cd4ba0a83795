/// A Dockerfile, parsed: arguments for all, then stages.
public struct Dockerfile: Sendable {
    /// `# syntax=`: the front end it was written for. Ours reads them all.
    public let syntax: String?
    public let escape: Character
    /// ARG before the first FROM.
    public private(set) var arguments: [ArgumentDeclaration] = []
    public private(set) var stages: [Stage] = []
    public private(set) var warnings: [DockerfileWarning]
    /// As it is in the file, without line ends.
    public let source: [String]

    /// - Throws: `DockerfileError` with the lines where the mistake is.
    public init(parsing bytes: some Sequence<UInt8>) throws(DockerfileError) {
        source = Self.lines(bytes)
        let directives = try ParserDirectives(source)
        syntax = directives.syntax
        escape = directives.escape
        let (lines, warnings) = try LogicalLines.all(source, escape: directives.escape)
        self.warnings = warnings
        guard !lines.isEmpty else { throw DockerfileError(.empty, lines: 1...1) }
        for line in lines { try add(line) }
        guard !stages.isEmpty else {
            throw DockerfileError(.noStage(.arg), lines: lines[0].lines)
        }
    }

    /// The text as lines; a byte order mark and carriage returns go.
    public static func lines(_ bytes: some Sequence<UInt8>) -> [String] {
        var bytes = Array(bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
        }
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    private mutating func add(_ line: LogicalLine) throws(DockerfileError) {
        let parser = try InstructionParser(line, escape: escape)
        warnings += parser.warnings
        if parser.keyword == .from {
            let stage = try parser.stage()
            if let name = stage.name, stages.contains(where: { $0.name == name }) {
                warnings.append(DockerfileWarning(kind: .duplicateStage(name), lines: line.lines))
            }
            stages.append(stage)
            return
        }
        guard !stages.isEmpty else {
            guard parser.keyword == .arg else {
                throw DockerfileError(.noStage(parser.keyword), lines: line.lines)
            }
            arguments += try parser.argumentDeclarations()
            return
        }
        let (instruction, warnings) = try parser.instruction()
        self.warnings += warnings
        stages[stages.count - 1].instructions.append(instruction)
    }

    /// The instruction that ONBUILD kept, for the place `lines` of the file that builds on the image.
    public static func trigger(
        _ text: String, lines: ClosedRange<Int>
    ) throws(DockerfileError) -> Instruction {
        let source = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var (read, _) = try LogicalLines.all(source, escape: "\\")
        guard read.count == 1 else {
            throw DockerfileError(.arguments("ONBUILD requires one instruction"), lines: lines)
        }
        read[0].lines = lines
        return try InstructionParser(read[0], escape: "\\").instruction().instruction
    }
}
