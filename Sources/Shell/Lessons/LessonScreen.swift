import Lessons
import Terminal

/// Everything lessons say, as text for a terminal. No screen is ever redrawn.
struct LessonScreen: Sendable {
    let language: Language
    let style: Style
    let columns: Int

    private var width: Int { min(columns, 100) - 2 }

    private func say(_ korean: String, _ english: String) -> String {
        Localized(ko: korean, en: english)(language)
    }

    private func text(_ text: BilingualText) -> String {
        language == .korean ? text.korean : text.english
    }

    private func prose(_ text: BilingualText) -> String {
        MarkdownScreen(style: style, columns: width).lines(self.text(text)).map { $0.isEmpty ? "\n" : " \($0)\n" }
            .joined()
    }

    private func inline(_ text: BilingualText, indent: String) -> String {
        MarkdownScreen(style: style, columns: width - DisplayWidth.of(indent)).lines(self.text(text))
            .joined(separator: "\n" + indent)
    }

    private func rule(_ title: String) -> String {
        let head = "── \(title) "
        let rest = max(2, width - DisplayWidth.of(head))
        return style(head + String(repeating: "─", count: rest), .cyan) + "\n"
    }

    // MARK: Lessons

    var noLesson: String {
        say(
            "지금은 과정 중이 아니에요. 'lesson' 으로 목록을 보고 'lesson 이름' 으로 시작하세요.\n",
            "No lesson is open. 'lesson' lists them, 'lesson NAME' begins one.\n")
    }

    var left: String {
        say("과정을 나왔어요. 진행 상황은 저장되어 있어요.\n", "You have left the lesson. Your progress is kept.\n")
    }

    func noSuchLesson(_ name: String, near: String?) -> String {
        say("'\(name)' 이라는 과정은 없어요.", "There is no lesson '\(name)'.")
            + (near.map { say(" 혹시 \($0)?", " Did you mean \($0)?") } ?? "") + "\n"
    }

    func list(_ lessons: [Lesson], outcomes: (Lesson) -> [String: LessonProgress.Outcome], current: String?) -> String {
        var rows: [[String]] = []
        for lesson in lessons {
            let done = outcomes(lesson)
            let finished = lesson.steps.filter { done[$0.id] != nil }.count
            let skipped = done.values.contains(.skipped)
            let mark =
                finished == lesson.steps.count
                ? style("✓", .green) : finished > 0 ? style("◐", .yellow) : style("○", .dim)
            var state = "\(finished)/\(lesson.steps.count)"
            if skipped { state += say(" (건너뛴 단계 있음)", " (some skipped)") }
            if lesson.id == current { state += say(" ← 지금", " ← here") }
            rows.append([
                " \(mark) " + style(lesson.id, .bold), text(lesson.title),
                say("\(lesson.minutes)분", "\(lesson.minutes) min"),
                state,
            ])
        }
        return TablePrinter(rows: rows, gap: 2, isStyled: true).text()
            + say("\n시작하기: lesson 이름\n", "\nTo begin one: lesson NAME\n")
    }

    func title(_ lesson: Lesson, resumed: Bool) -> String {
        var result = "\n" + style(text(lesson.title), .bold) + "\n\n"
        if resumed {
            result +=
                " "
                + say(
                    "지난번에 멈춘 곳부터 이어 갑니다. (처음부터: lesson restart)",
                    "Going on where you left off. (From the start: lesson restart)") + "\n"
        } else {
            result += prose(lesson.introduction)
        }
        return result + "\n"
    }

    func step(_ position: LessonSession.Position) -> String {
        let step = position.step
        var result = rule("\(position.index + 1)/\(position.lesson.steps.count) \(step.id)") + "\n"
        if let missing = position.missing {
            let opening = say("이 컴퓨터에서는 이 단계를 해 볼 수 없어요. ", "This step cannot be done on this machine. ")
            let lines = LineWrap.lines(opening + text(missing), columns: width)
            result += lines.map { " " + style($0, .yellow) + "\n" }.joined() + "\n"
        }
        result += prose(step.prose)
        for note in position.notes { result += "\n" + prose(note) }
        for code in step.run {
            result += "\n" + commands(code)
        }
        if step.assertions.isEmpty, let quiz = step.quiz { result += "\n" + self.quiz(quiz) }
        if position.missing != nil, step.quiz == nil {
            result += "\n" + style(say("'next' 를 치면 다음으로 갑니다.", "Type 'next' to go on."), .dim) + "\n"
        }
        return result + "\n"
    }

    private func commands(_ code: LessonCode) -> String {
        CommandLines.laidOut(code.text, columns: min(columns, 100)).map { style($0, .cyan) + "\n" }.joined()
    }

    func setupFailed(_ output: String) -> String {
        style(say("준비가 잘 안 됐어요: ", "The preparation of this step had a problem: "), .yellow) + output + "\n"
    }

    func farewell(_ lesson: Lesson, next: Lesson?) -> String {
        var result = "\n" + style(say("과정을 마쳤어요! ⎈", "Lesson complete! ⎈"), .bold, .green) + "\n"
        if let next, next.id != lesson.id {
            result += say(
                "다음 과정: lesson \(next.id) (\(text(next.title)))\n", "Next: lesson \(next.id) (\(text(next.title)))\n")
        }
        return result + "\n"
    }

    // MARK: Progress

    func announcement(_ update: LessonUpdate) -> String {
        switch update {
        case .assertionPassed(let assertion, let remaining):
            let left = remaining > 0 ? style(say(" (\(remaining)개 남음)", " (\(remaining) to go)"), .dim) : ""
            return style("✓ ", .green) + inline(assertion.says, indent: "  ") + left + "\n"
        case .quizOpened(let quiz):
            return "\n" + self.quiz(quiz)
        case .stepPassed(let step, let isLast):
            var result = style("✓ " + say("통과!", "Passed!"), .bold, .green) + "\n"
            if let afterword = step.afterword { result += "\n" + prose(afterword) + "\n" }
            return result
                + style(
                    isLast
                        ? say("'next' 를 치면 과정을 마칩니다.", "Type 'next' to finish the lesson.")
                        : say("'next' 를 치면 다음으로 갑니다.", "Type 'next' to go on."), .dim) + "\n"
        }
    }

    func check(_ reports: [AssertionReport], quiz: Quiz?, isPassed: Bool) -> String {
        var result = ""
        for report in reports {
            switch report.verdict {
            case .pass: result += style(" ✓ ", .green)
            case .fail: result += isPassed ? style(" ✓ ", .green) : style(" ✗ ", .red)
            case .error: result += style(" ? ", .yellow)
            }
            result += inline(report.assertion.says, indent: "   ") + "\n"
            if case .error(let reason) = report.verdict {
                result +=
                    "   " + say("확인할 수 없었어요 (틀린 것이 아닙니다): ", "Could not be checked (this is not your mistake): ")
                    + reason + "\n"
            }
        }
        if let quiz { result += "\n" + self.quiz(quiz) }
        if isPassed { result += say("통과했어요. 'next' 로 다음으로 가세요.\n", "Passed. Go on with 'next'.\n") }
        return result
    }

    func notYet(_ reports: [AssertionReport], quiz: Quiz?) -> String {
        say("아직이에요. 남은 것:\n", "Not yet. What is missing:\n")
            + check(reports, quiz: quiz, isPassed: false)
            + style(
                say("도움: hint · 풀이: solution · 건너뛰기: skip", "Help: hint · answer: solution · pass over: skip"), .dim)
            + "\n"
    }

    func hint(_ hint: Hint?) -> String {
        guard let hint else {
            return say("이 단계는 힌트가 필요 없어 보여요. 'check' 로 확인해 보세요.\n", "There is nothing to hint at. Try 'check'.\n")
        }
        return style("☞ ", .yellow) + inline(hint.text, indent: "  ") + "\n"
    }

    func solution(_ step: LessonStep) -> String {
        if let quiz = step.quiz, step.assertions.isEmpty, let place = quiz.choices.firstIndex(where: \.isCorrect) {
            return "   " + style("answer \(place + 1)", .cyan) + "\n"
        }
        return step.solution.map(commands).joined()
            + style(say("보기만 해서는 통과되지 않아요. 직접 쳐 보세요.", "Looking does not pass the step: type it yourself."), .dim)
            + "\n"
    }

    func typed(_ code: LessonCode) -> String {
        code.text.split(separator: "\n").map { style("$ ", .dim) + style(String($0), .cyan) + "\n" }.joined()
    }

    // MARK: Questions

    func quiz(_ quiz: Quiz) -> String {
        var result = style(" ? ", .bold, .yellow) + inline(quiz.question, indent: "   ") + "\n"
        for (index, choice) in quiz.choices.enumerated() {
            result += "   \(index + 1). " + inline(choice.text, indent: "      ") + "\n"
        }
        return result + style(say("   'answer 번호' 로 답하세요.", "   Reply with 'answer NUMBER'."), .dim) + "\n"
    }

    func answered(_ outcome: AnswerOutcome) -> (status: Int32, text: String) {
        switch outcome {
        case .choice(let choice):
            let mark = choice.isCorrect ? style("✓ ", .green) : style("✗ ", .red)
            return (choice.isCorrect ? 0 : 1, mark + inline(choice.why, indent: "  ") + "\n")
        case .noted(let reports):
            if reports.allSatisfy({ $0.verdict == .pass }) { return (0, "") }
            let errors = reports.compactMap { if case .error(let reason) = $0.verdict { reason } else { nil } }
            if let reason = errors.first {
                return (1, say("확인할 수 없었어요: ", "Could not be checked: ") + reason + "\n")
            }
            return (1, style("✗ ", .red) + say("그 값이 아니에요. 다시 살펴보세요.\n", "That is not the value. Look again.\n"))
        case .noSuchChoice(let count):
            return (2, say("1부터 \(count)까지의 번호로 답하세요.\n", "Answer with a number from 1 to \(count).\n"))
        case .nothingAsked:
            return (1, say("지금은 묻고 있는 것이 없어요.\n", "Nothing is being asked just now.\n"))
        }
    }
}
