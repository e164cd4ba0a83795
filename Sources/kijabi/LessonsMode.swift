import Commands
import Lessons
import Shell
import Terminal

/// `kijabi lessons list | show | lint | verify`
enum LessonsMode {
    static func command(_ program: Program) -> Command {
        Command(
            "lessons", summary: Localized(ko: "과정: 목록, 내용, 검사, 증명", en: "Lessons: list, show, lint, verify"),
            subcommands: [list(program), show(program), lint(program), verify(program)])
    }

    private static func list(_ program: Program) -> Command {
        Command("list", aliases: ["ls"], summary: Localized(ko: "과정 목록", en: "List the lessons")) { line, context in
            guard let catalog = catalog(line, context) else { return 1 }
            let rows = catalog.lessons.map { lesson in
                [lesson.id, title(lesson, context.language), "\(lesson.minutes) min", "\(lesson.steps.count)"]
            }
            context.output.write(TablePrinter(rows: [["NAME", "TITLE", "TIME", "STEPS"]] + rows).text())
            return 0
        }
    }

    private static func show(_ program: Program) -> Command {
        Command("show", summary: Localized(ko: "과정의 글", en: "Show what a lesson says"), usage: "LESSON") {
            line, context in
            guard let catalog = catalog(line, context), let chosen = chosen(line, catalog, context) else { return 1 }
            let columns = TerminalSize(descriptor: context.output.descriptor).map { Int($0.columns) } ?? 80
            for lesson in chosen {
                for text in LessonText.lines(lesson, context.language, context.style, columns: columns) {
                    guard context.output.line(text) else { return 0 }
                }
            }
            return 0
        }
    }

    private static func lint(_ program: Program) -> Command {
        Command(
            "lint", summary: Localized(ko: "돌리지 않고 규칙 검사", en: "Check the rules that need no running"),
            usage: "[LESSON...]"
        ) { line, context in
            guard let catalog = catalog(line, context), let chosen = chosen(line, catalog, context) else { return 1 }
            let known = Set(catalog.lessons.map(\.id))
            let faults = chosen.flatMap { LessonLint.faults(in: $0, known: known) + Screenful.faults(in: $0) }
            for fault in faults { context.error.line(fault.description) }
            let failed = Set(faults.map(\.file)).count
            let unread = unread(line, catalog)
            context.output.line("\(chosen.count - failed) passed, \(failed + unread) failed")
            return faults.isEmpty && unread == 0 ? 0 : 1
        }
    }

    private static func verify(_ program: Program) -> Command {
        Command(
            "verify",
            summary: Localized(
                ko: "모든 단계를 진짜로 돌려 증명", en: "Prove every step by running it: check, solution, wrong answers"),
            usage: "[LESSON...]"
        ) { line, context in
            guard let catalog = catalog(line, context), let chosen = chosen(line, catalog, context) else { return 1 }
            var total = LessonProof.Result()
            total.failed += unread(line, catalog)
            for lesson in chosen {
                guard let result = await LessonProof(program: program, line: line, context: context).prove(lesson)
                else {
                    return 1
                }
                total.passed += result.passed
                total.failed += result.failed
                total.skipped += result.skipped
                if Task.isCancelled { return 130 }
            }
            let skipped = total.skipped > 0 ? ", \(total.skipped) skipped" : ""
            context.output.line("\(total.passed) passed, \(total.failed) failed\(skipped)")
            return total.failed == 0 ? 0 : 1
        }
    }

    private static func title(_ lesson: Lesson, _ language: Language) -> String {
        language == .korean ? lesson.title.korean : lesson.title.english
    }

    private static func catalog(_ line: Invocation, _ context: CommandContext) -> LessonCatalog? {
        let places = Places(environment: context.environment)
        guard let directory = places.collection("lessons", given: line["lessons"]) else {
            context.error.line(
                Localized(
                    ko: "kijabi: 과정이 있는 디렉터리를 찾지 못했어요 (--lessons DIR)",
                    en: "kijabi: there is no directory of lessons (--lessons DIR)")(context.language))
            return nil
        }
        do throws(LessonError) {
            let catalog = try LessonCatalog(directory: directory)
            for fault in catalog.faults { context.error.line(fault.description) }
            return catalog
        } catch {
            context.error.line(error.description)
            return nil
        }
    }

    /// Files that hold no lesson, where all lessons are meant.
    private static func unread(_ line: Invocation, _ catalog: LessonCatalog) -> Int {
        line.allArguments.isEmpty ? Set(catalog.faults.map(\.file)).count : 0
    }

    /// The lessons named, or all.
    private static func chosen(_ line: Invocation, _ catalog: LessonCatalog, _ context: CommandContext) -> [Lesson]? {
        var chosen: [Lesson] = []
        for name in line.allArguments {
            guard let lesson = catalog.lesson(name) else {
                let near = Suggestion.nearest(to: name, in: catalog.lessons.map(\.id))
                context.error.line(
                    Localized(ko: "'\(name)' 이라는 과정은 없어요.", en: "There is no lesson '\(name)'.")(context.language)
                        + (near.map { " → \($0)" } ?? ""))
                return nil
            }
            chosen.append(lesson)
        }
        return chosen.isEmpty ? catalog.lessons : chosen
    }
}
