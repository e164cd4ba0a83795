import Documents

/// Reads a lesson: valid Markdown with YAML front matter, a `##` heading a step, prose between `<!-- ko -->` and
/// `<!-- en -->`, and fenced blocks whose first word says what they are.
public struct LessonParser {
    private let file: String
    private let lines: [Substring]
    private var number = 0

    private init(text: String, file: String) {
        self.file = file
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The lesson in `text`.
    /// - Throws: `LessonError` with the line of the first fault.
    public static func parse(_ text: String, file: String) throws(LessonError) -> Lesson {
        var parser = LessonParser(text: text, file: file)
        return try parser.lesson()
    }

    private mutating func lesson() throws(LessonError) -> Lesson {
        let front = try frontMatter()
        var introduction = StepBuilder(file: file, id: "", line: number)
        var builders: [StepBuilder] = []
        while number < lines.count {
            let line = lines[number]
            number += 1
            if line.hasPrefix("## ") {
                let id = line.dropFirst(3).trimmed
                if builders.contains(where: { $0.id == id }) { throw fault("there are two steps '\(id)'") }
                guard id.isIdentifier else {
                    throw fault("a step's heading is its id: small letters, digits and '-', not '\(id)'")
                }
                builders.append(StepBuilder(file: file, id: id, line: number))
            } else if let kind = fence(line) {
                let block = try fencedBlock(kind: kind)
                guard !builders.isEmpty else { throw fault("a '\(kind.word)' block stands before the first step") }
                try builders[builders.count - 1].add(block)
            } else if builders.isEmpty {
                try introduction.addProse(line, number: number)
            } else {
                try builders[builders.count - 1].addProse(line, number: number)
            }
        }
        guard !builders.isEmpty else { throw fault("a lesson needs at least one '## step'") }
        var steps: [LessonStep] = []
        for builder in builders { steps.append(try builder.step()) }
        return Lesson(
            id: front.id, title: front.title, requires: front.requires, seed: front.seed, minutes: front.minutes,
            file: file, introduction: introduction.prose, steps: steps)
    }

    private struct FrontMatter {
        var id: String
        var title: BilingualText
        var requires: [String]
        var seed: UInt64
        var minutes: Int
    }

    private mutating func frontMatter() throws(LessonError) -> FrontMatter {
        guard lines.first?.trimmed == "---" else { throw fault("a lesson begins with '---' and its front matter") }
        guard let close = lines.dropFirst().firstIndex(where: { $0.trimmed == "---" }) else {
            throw fault("the front matter is not closed by '---'")
        }
        let text = lines[1..<close].joined(separator: "\n")
        number = close + 1
        let reader = try BlockReader(text: text, file: file, firstLine: 2)
        try reader.allow(["id", "title", "requires", "seed", "minutes"], in: reader.root, "")
        let id = try reader.string("id")
        guard id.isIdentifier else { throw LessonError(file: file, line: 2, reason: "'\(id)' is not a lesson id") }
        return FrontMatter(
            id: id, title: try reader.bilingual("title"),
            requires: reader.root["requires"]?.array?.compactMap(\.string) ?? [],
            seed: UInt64(max(0, reader.root["seed"]?.int ?? 0)), minutes: reader.root["minutes"]?.int ?? 10)
    }

    private func fence(_ line: Substring) -> (word: String, arguments: [String: String], ticks: Int)? {
        let ticks = line.prefix { $0 == "`" }.count
        guard ticks >= 3 else { return nil }
        let words = line.dropFirst(ticks).split(separator: " ")
        var arguments: [String: String] = [:]
        for word in words.dropFirst() {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 { arguments[parts[0]] = parts[1] }
        }
        return (words.first.map(String.init) ?? "", arguments, ticks)
    }

    private mutating func fencedBlock(kind: (word: String, arguments: [String: String], ticks: Int))
        throws(LessonError) -> LessonBlock
    {
        let opening = number
        var code: [Substring] = []
        while number < lines.count {
            let line = lines[number]
            number += 1
            if line.allSatisfy({ $0 == "`" }), line.count >= kind.ticks {
                return LessonBlock(
                    kind: kind.word, arguments: kind.arguments, text: code.joined(separator: "\n"), line: opening + 1)
            }
            code.append(line)
        }
        throw LessonError(file: file, line: opening, reason: "this block is not closed")
    }

    private func fault(_ reason: String) -> LessonError {
        LessonError(file: file, line: max(1, number), reason: reason)
    }
}

/// A fenced block: its kind, the `name=value` words behind it, its text.
struct LessonBlock {
    let kind: String
    let arguments: [String: String]
    let text: String
    /// 1-based line of its first line of text.
    let line: Int

    var code: LessonCode { LessonCode(text: text, line: line) }
}

extension StringProtocol {
    var trimmed: String {
        var text = Substring(self)
        while text.first?.isWhitespace ?? false { text.removeFirst() }
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return String(text)
    }

    /// Small letters, digits and hyphens.
    var isIdentifier: Bool {
        !isEmpty && allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
    }
}
