public import Lessons
import Terminal

/// No step shows more than a screenful: what stands between a learner and the place where to type must be in sight.
public enum Screenful {
    /// The smallest terminal that lessons are written for.
    static let columns = 80
    static let rows = 24
    /// The prompt, and the cell that brought the text.
    private static let room = rows - 2

    /// Texts of `lesson` that do not fit, in either language.
    public static func faults(in lesson: Lesson) -> [LessonError] {
        var faults: [LessonError] = []
        func check(_ text: String, _ line: Int, _ what: String) {
            let count = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
            guard count > room else { return }
            faults.append(
                LessonError(
                    file: lesson.file, line: line,
                    reason: "\(what) takes \(count) rows of \(columns) columns, more than \(room)"))
        }
        for code in lesson.steps.flatMap(\.run) {
            for line in CommandLines.laidOut(code.text, columns: columns) where DisplayWidth.of(line) > columns {
                faults.append(
                    LessonError(
                        file: lesson.file, line: code.line,
                        reason: "a command takes \(DisplayWidth.of(line)) columns, and cannot be broken: \(line)"))
            }
        }
        for language in [Language.korean, .english] {
            let screen = LessonScreen(language: language, style: Style(isEnabled: false), columns: columns)
            for (index, step) in lesson.steps.enumerated() {
                let what = "step '\(step.id)' (\(language.rawValue))"
                let whole = LessonSession.Position(
                    lesson: lesson, index: index, missing: nil, notes: step.notes.map(\.text))
                let opening = index == 0 ? screen.title(lesson, resumed: false) : ""
                check(opening + screen.step(whole), step.line, what + (index == 0 ? " with the introduction" : ""))
                check(screen.announcement(.stepPassed(step, isLast: false)), step.line, "the afterword of \(what)")
                if let needs = step.needs {
                    // Room for two lines of what is missing.
                    let lack = BilingualText(
                        korean: String(repeating: "가 ", count: 30), english: String(repeating: "x ", count: 60))
                    let position = LessonSession.Position(lesson: lesson, index: index, missing: lack, notes: [])
                    check(screen.step(position), needs.line, "what \(what) says where it cannot be done")
                }
                if let quiz = step.quiz { check(screen.quiz(quiz), quiz.line, "the question of \(what)") }
            }
        }
        return faults
    }
}
