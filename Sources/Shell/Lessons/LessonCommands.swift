public import Commands
import Lessons
import Terminal

/// What is typed inside lessons.
public enum LessonCommands {
    /// `lesson`, `next`, `hint`, `check`, `answer`, `solution`, `skip`.
    public static func make(_ guide: LessonGuide) -> [Command] {
        [lesson(guide), next(guide), hint(guide), check(guide), answer(guide), solution(guide), skip(guide)]
    }

    /// Whether a cell is one of those that say how it went in words: `check`, `answer`, … A status besides would be a
    /// riddle.
    static func tellOutcome(_ cell: String) -> Bool {
        let word = cell.split(whereSeparator: \.isWhitespace).first
        return ["lesson", "lessons", "next", "hint", "check", "answer", "solution", "skip"].contains(word)
    }

    /// `answer` alone, which keeps the answer for the proof of a lesson.
    public static func answer(into box: AnswerBox) -> Command {
        Command("answer", summary: Localized(ko: "물음에 답하기", en: "Answer a question"), usage: "VALUE") { line, _ in
            await box.put(line.allArguments.joined(separator: " "))
            return 0
        }
    }

    private static func lesson(_ guide: LessonGuide) -> Command {
        var command = Command(
            "lesson", aliases: ["lessons"],
            summary: Localized(ko: "과정 목록 보기, 과정 시작하기", en: "List the lessons, begin one"),
            usage: "[NAME | next | show | restart | quit]",
            examples: [
                ("lesson", Localized(ko: "목록", en: "The list")),
                ("lesson what-is-a-container", Localized(ko: "과정 시작하기", en: "Begin a lesson")),
            ]
        ) { line, context in
            switch line.arguments.first {
            case nil:
                let current = await guide.position?.lesson.id
                context.output.write(
                    await guide.screen.list(guide.catalog.lessons, outcomes: guide.outcomes, current: current))
                return 0
            case "quit":
                let left = await guide.leave()
                let screen = await guide.screen
                context.output.write(left ? screen.left : screen.noLesson)
                return left ? 0 : 1
            case "show":
                guard let text = await guide.show() else {
                    context.output.write(await guide.screen.noLesson)
                    return 1
                }
                context.output.write(text)
                return 0
            case "restart":
                guard let lesson = await guide.position?.lesson else {
                    context.output.write(await guide.screen.noLesson)
                    return 1
                }
                context.output.write(await guide.restart(lesson))
                return 0
            case "next":
                guard let lesson = await guide.suggested else { return 1 }
                context.output.write(await guide.begin(lesson))
                return 0
            case let name?:
                guard let lesson = find(name, in: guide) else {
                    context.error.write(
                        await guide.screen.noSuchLesson(
                            name,
                            near: Suggestion.nearest(
                                to: name, in: guide.catalog.lessons.map(\.id))))
                    return 1
                }
                context.output.write(await guide.begin(lesson))
                return 0
            }
        }
        command.completeArgument = { _, index, _ in
            guard index == 0 else { return [] }
            return guide.catalog.lessons.map { Completion($0.id) }
                + ["next", "show", "restart", "quit"].map { Completion($0) }
        }
        return command
    }

    /// A lesson by its id or its number in the list.
    private static func find(_ name: String, in guide: LessonGuide) -> Lesson? {
        if let number = Int(name), guide.catalog.lessons.indices.contains(number - 1) {
            return guide.catalog.lessons[number - 1]
        }
        return guide.catalog.lesson(name)
    }

    private static func next(_ guide: LessonGuide) -> Command {
        Command("next", summary: Localized(ko: "다음 단계로", en: "Go on to the next step")) { _, context in
            if await guide.position == nil, let lesson = await guide.suggested {
                context.output.write(await guide.begin(lesson))
                return 0
            }
            let (passed, text) = await guide.next()
            context.output.write(text)
            return passed ? 0 : 1
        }
    }

    private static func hint(_ guide: LessonGuide) -> Command {
        Command("hint", summary: Localized(ko: "지금 상태에 맞는 도움말", en: "Help that fits the state")) { _, context in
            context.output.write(await guide.hint())
            return 0
        }
    }

    private static func check(_ guide: LessonGuide) -> Command {
        Command("check", summary: Localized(ko: "무엇이 되었고 무엇이 남았는지", en: "What is done, what is left")) {
            _, context in
            let (passed, text) = await guide.check()
            context.output.write(text)
            return passed ? 0 : 1
        }
    }

    private static func answer(_ guide: LessonGuide) -> Command {
        Command(
            "answer", summary: Localized(ko: "물음에 답하기", en: "Answer a question"), usage: "NUMBER | VALUE"
        ) { line, context in
            let text = line.allArguments.joined(separator: " ")
            guard !text.isEmpty else {
                context.error.line(Localized(ko: "사용법: answer 번호", en: "Usage: answer NUMBER")(context.language))
                return 2
            }
            let (status, reply) = await guide.answer(text)
            context.output.write(reply)
            return status
        }
    }

    private static func solution(_ guide: LessonGuide) -> Command {
        Command("solution", summary: Localized(ko: "이 단계의 풀이 보기", en: "Show how this step is done")) { _, context in
            context.output.write(await guide.solution())
            return 0
        }
    }

    private static func skip(_ guide: LessonGuide) -> Command {
        Command(
            "skip", summary: Localized(ko: "풀이를 대신 실행하고 넘어가기", en: "Have it done, and go on")
        ) { _, context in
            let output = context.output
            let (status, text) = await guide.skip { output.write($0) }
            context.output.write(text)
            return status
        }
    }
}
