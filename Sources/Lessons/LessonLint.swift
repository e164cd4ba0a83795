/// The rules every lesson keeps that need no running system.
public enum LessonLint {
    /// What is wrong with `lesson`, in the order of its lines.
    /// - Parameter known: ids of all lessons, for `requires`.
    public static func faults(in lesson: Lesson, known: Set<String>) -> [LessonError] {
        var faults: [LessonError] = []
        func fault(_ line: Int, _ reason: String) {
            faults.append(LessonError(file: lesson.file, line: line, reason: reason))
        }
        for id in lesson.requires where !known.contains(id) { fault(2, "requires '\(id)', which is no lesson") }
        if !(1...30).contains(lesson.minutes) { fault(2, "minutes must be between 1 and 30") }
        check(lesson.introduction, line: 2, "the introduction", fault)
        for step in lesson.steps {
            check(step.prose, line: step.line, "step '\(step.id)'", fault)
            if let afterword = step.afterword { check(afterword, line: step.line, "its afterword", fault) }
            if step.assertions.isEmpty, step.quiz == nil { fault(step.line, "step '\(step.id)' checks nothing") }
            for assertion in step.assertions
            where !step.hints.contains(where: {
                $0.condition == nil && ($0.assertion == nil || $0.assertion == assertion.name)
            }) {
                fault(assertion.line, "'\(assertion.name)' of step '\(step.id)' has no hint that always fits")
            }
            if step.solution.isEmpty, !step.assertions.isEmpty {
                fault(step.line, "step '\(step.id)' has no solution")
            }
            if step.wrongs.isEmpty, !step.assertions.isEmpty {
                fault(step.line, "step '\(step.id)' has no wrong attempt")
            }
            if let needs = step.needs { check(needs.without, line: needs.line, "what is said without", fault) }
            for note in step.notes { check(note.text, line: note.line, "a note", fault) }
            for hint in step.hints { check(hint.text, line: hint.line, "a hint", fault) }
        }
        return faults
    }

    private static func check(
        _ text: BilingualText, line: Int, _ what: String, _ fault: (Int, String) -> Void
    ) {
        if text.korean.isEmpty { fault(line, "\(what) has no Korean text") }
        if text.english.isEmpty { fault(line, "\(what) has no English text") }
        if !text.korean.isEmpty, !text.korean.unicodeScalars.contains(where: { (0xAC00...0xD7A3).contains($0.value) }) {
            fault(line, "the Korean text of \(what) holds no Hangul")
        }
        if text.english.unicodeScalars.contains(where: { (0xAC00...0xD7A3).contains($0.value) }), line > 0,
            !text.english.contains("키잡이")
        {
            fault(line, "the English text of \(what) holds Hangul")
        }
        for word in unclosedBold(in: text.korean) + unclosedBold(in: text.english) {
            fault(line, "\(what): '\(word)' is not bold in CommonMark: put the bracket or quote outside the **")
        }
    }

    /// CommonMark (0.31 §6.2) does not let `**` close between punctuation and a letter: `**파드(Pod)**는` stays as it is.
    static func unclosedBold(in text: String) -> [String] {
        var found: [String] = []
        var rest = text[...]
        var isOpen = false
        while let stars = rest.firstRange(of: "**") {
            let before = rest[..<stars.lowerBound].last
            let after = rest[stars.upperBound...].first
            if isOpen, let before, let after, before.isPunctuation || before.isSymbol,
                before != "*", after.isLetter || after.isNumber
            {
                found.append("\(before)**\(after)")
            }
            isOpen.toggle()
            rest = rest[stars.upperBound...]
        }
        return found
    }
}
