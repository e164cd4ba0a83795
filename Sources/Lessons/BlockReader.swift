import Documents

/// Reads the YAML of a block, turning every fault into a `LessonError` with the line in the lesson's file.
struct BlockReader {
    let file: String
    let firstLine: Int
    let root: JSONValue
    private let document: YAMLDocument

    init(text: String, file: String, firstLine: Int) throws(LessonError) {
        self.file = file
        self.firstLine = firstLine
        do {
            document = try YAMLParser.document(in: text, file: file)
        } catch {
            throw LessonError(file: file, line: firstLine + max(0, error.line - 1), reason: error.reason)
        }
        root = document.value
    }

    /// The line of the field `path` in the lesson's file.
    func line(_ path: String) -> Int {
        firstLine + document.position(of: path).line - 1
    }

    func fault(_ path: String, _ reason: String) -> LessonError {
        LessonError(file: file, line: line(path), reason: path.isEmpty ? reason : "\(path): \(reason)")
    }

    func allow(_ names: [String], in value: JSONValue, _ path: String) throws(LessonError) {
        for key in value.object?.keys ?? [] where !names.contains(key) {
            throw fault(
                path.isEmpty ? key : "\(path).\(key)", "unknown field (expected \(names.joined(separator: ", ")))")
        }
    }

    func string(_ name: String) throws(LessonError) -> String {
        guard let text = root[name]?.string, !text.isEmpty else { throw fault(name, "expected a text") }
        return text
    }

    /// `{ko: …, en: …}` under `name`, or the root itself.
    func bilingual(_ name: String? = nil) throws(LessonError) -> BilingualText {
        try bilingual(name.map { root[$0] ?? .null } ?? root, name ?? "")
    }

    func bilingual(_ value: JSONValue, _ path: String) throws(LessonError) -> BilingualText {
        guard let korean = value["ko"]?.string, let english = value["en"]?.string, !korean.isEmpty, !english.isEmpty
        else { throw fault(path, "expected 'ko' and 'en', each a text") }
        return BilingualText(korean: korean.trimmed, english: english.trimmed)
    }
}

/// Reads a `quiz` block.
enum QuizParser {
    static func parse(_ block: LessonBlock, file: String) throws(LessonError) -> Quiz {
        let reader = try BlockReader(text: block.text, file: file, firstLine: block.line)
        try reader.allow(["question", "choices"], in: reader.root, "")
        guard let written = reader.root["choices"]?.array, written.count >= 2 else {
            throw reader.fault("choices", "a quiz needs at least two")
        }
        var choices: [Quiz.Choice] = []
        for (index, choice) in written.enumerated() {
            let path = "choices[\(index)]"
            try reader.allow(["ko", "en", "correct", "why"], in: choice, path)
            choices.append(
                Quiz.Choice(
                    text: try reader.bilingual(choice, path), isCorrect: choice["correct"]?.bool ?? false,
                    why: try reader.bilingual(choice["why"] ?? .null, "\(path).why")))
        }
        guard choices.filter(\.isCorrect).count == 1 else {
            throw reader.fault("choices", "exactly one choice must be 'correct: true'")
        }
        return Quiz(question: try reader.bilingual("question"), choices: choices, line: block.line)
    }
}
