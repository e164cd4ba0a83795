import Lessons
import Terminal

/// A lesson as text to read, without running it.
enum LessonText {
    static func lines(_ lesson: Lesson, _ language: Language, _ style: Style, columns: Int) -> [String] {
        let screen = MarkdownScreen(style: style, columns: min(columns, 100))
        func prose(_ text: BilingualText) -> [String] {
            screen.lines(language == .korean ? text.korean : text.english)
        }
        var lines = [style(language == .korean ? lesson.title.korean : lesson.title.english, .bold), ""]
        lines += prose(lesson.introduction)
        for (index, step) in lesson.steps.enumerated() {
            lines += ["", style("\(index + 1). \(step.id)", .bold, .cyan), ""] + prose(step.prose)
            for code in step.run {
                lines += [""] + code.text.split(separator: "\n").map { "    " + style(String($0), .cyan) }
            }
            if let afterword = step.afterword { lines += [""] + prose(afterword) }
        }
        return lines
    }
}
