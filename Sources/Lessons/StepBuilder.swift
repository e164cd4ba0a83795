/// Gathers the prose and the blocks of one step as they are read.
struct StepBuilder {
    let file: String
    let id: String
    let line: Int

    private enum Tongue { case korean, english }
    private var tongue: Tongue?
    private var isAfterword = false
    private var korean: [Substring] = []
    private var english: [Substring] = []
    private var koreanAfter: [Substring] = []
    private var englishAfter: [Substring] = []
    private var blocks: [LessonBlock] = []

    init(file: String, id: String, line: Int) {
        self.file = file
        self.id = id
        self.line = line
    }

    /// A line of Markdown outside fenced blocks.
    mutating func addProse(_ text: Substring, number: Int) throws(LessonError) {
        switch text.trimmed {
        case "<!-- ko -->": (tongue, isAfterword) = (.korean, false)
        case "<!-- en -->": (tongue, isAfterword) = (.english, false)
        case "<!-- ko after -->": (tongue, isAfterword) = (.korean, true)
        case "<!-- en after -->": (tongue, isAfterword) = (.english, true)
        case let comment where comment.hasPrefix("<!--"):
            throw LessonError(
                file: file, line: number, reason: "unknown comment \(comment): expected <!-- ko --> or <!-- en -->")
        case "" where tongue == nil: break
        default:
            switch (tongue, isAfterword) {
            case (.korean, false): korean.append(text)
            case (.english, false): english.append(text)
            case (.korean, true): koreanAfter.append(text)
            case (.english, true): englishAfter.append(text)
            case (nil, _):
                // A title line (`# …`) may stand before the first language.
                if id.isEmpty, text.hasPrefix("# ") { return }
                throw LessonError(
                    file: file, line: number, reason: "prose outside <!-- ko --> and <!-- en -->")
            }
        }
    }

    mutating func add(_ block: LessonBlock) throws(LessonError) {
        let known = ["setup", "run", "check", "hint", "solution", "wrong", "quiz", "needs", "note"]
        guard known.contains(block.kind) else {
            throw LessonError(
                file: file, line: block.line - 1,
                reason: "unknown block '\(block.kind)' (expected \(known.joined(separator: ", ")))")
        }
        blocks.append(block)
        tongue = nil
    }

    var prose: BilingualText { Self.text(korean, english) }

    func step() throws(LessonError) -> LessonStep {
        let afterword = Self.text(koreanAfter, englishAfter)
        var assertions: [Assertion] = []
        var hints: [Hint] = []
        var wrongs: [WrongAttempt] = []
        var quiz: Quiz?
        var needs: StepNeeds?
        var notes: [MachineNote] = []
        for block in blocks {
            switch block.kind {
            case "check":
                for assertion in try AssertionParser(block, file: file).assertions() {
                    if assertions.contains(where: { $0.name == assertion.name }) {
                        throw LessonError(
                            file: file, line: assertion.line, reason: "two assertions are named '\(assertion.name)'")
                    }
                    assertions.append(assertion)
                }
            case "hint":
                hints.append(try AssertionParser(block, file: file).hint(for: block.arguments["for"]))
            case "wrong":
                guard let assertion = block.arguments["fails"] else {
                    throw LessonError(
                        file: file, line: block.line - 1, reason: "a wrong block says 'fails=ASSERTION'")
                }
                wrongs.append(WrongAttempt(code: block.code, assertion: assertion))
            case "quiz":
                guard quiz == nil else {
                    throw LessonError(file: file, line: block.line - 1, reason: "a step has one quiz at most")
                }
                quiz = try QuizParser.parse(block, file: file)
            case "needs":
                guard needs == nil else {
                    throw LessonError(file: file, line: block.line - 1, reason: "a step has one 'needs' at most")
                }
                needs = try MachineBlocks.needs(block, file: file)
            case "note": notes.append(try MachineBlocks.note(block, file: file))
            default: break
            }
        }
        for (name, line) in hints.map({ ($0.assertion, $0.line) }) + wrongs.map({ ($0.assertion, $0.code.line) }) {
            if let name, !assertions.contains(where: { $0.name == name }) {
                throw LessonError(file: file, line: line, reason: "there is no assertion '\(name)' in this step")
            }
        }
        return LessonStep(
            id: id, line: line, prose: prose, afterword: afterword.isEmpty ? nil : afterword,
            setup: code("setup"), run: code("run"), assertions: assertions, quiz: quiz, hints: hints,
            solution: code("solution"), wrongs: wrongs, needs: needs, notes: notes)
    }

    private func code(_ kind: String) -> [LessonCode] {
        blocks.filter { $0.kind == kind }.map(\.code)
    }

    private static func text(_ korean: [Substring], _ english: [Substring]) -> BilingualText {
        BilingualText(
            korean: korean.joined(separator: "\n").trimmed, english: english.joined(separator: "\n").trimmed)
    }
}
