public import ContainerRuntime
public import KubernetesAPI
public import Lessons
public import Terminal

/// Leads a learner through lessons in a running shell: enters steps, runs their setup, tells what has come true.
public actor LessonGuide {
    /// The lessons there are.
    public nonisolated let catalog: LessonCatalog
    private nonisolated let progress: LessonProgress
    private let session: LessonSession
    private let notices: NoticeBoard
    private let language: LanguageSetting
    private let style: Style
    private let columns: @Sendable () -> Int
    private var executor: (any CellExecutor)?
    private var herald: Task<Void, Never>?

    /// - Parameter columns: the present width of the terminal.
    public init(
        catalog: LessonCatalog, progress: LessonProgress, client: any KubernetesClient, runtime: any Engine,
        machine: any LessonMachine, notices: NoticeBoard, language: LanguageSetting, style: Style,
        columns: @escaping @Sendable () -> Int
    ) async {
        self.catalog = catalog
        self.progress = progress
        self.notices = notices
        self.language = language
        self.style = style
        self.columns = columns
        session = await LessonSession(
            client: client, runtime: runtime, machine: machine, progress: progress)
        let updates = session.updates
        herald = Task { [weak self] in
            for await update in updates { await self?.announce(update) }
        }
    }

    deinit {
        herald?.cancel()
    }

    /// What runs setups and solutions: the toolbox of the shell, once there is one.
    public func use(_ executor: any CellExecutor) {
        self.executor = executor
    }

    /// A cell has ended: what it did to files or to the network tells nobody.
    public func cellEnded() async {
        await session.refresh()
    }

    var screen: LessonScreen {
        LessonScreen(language: language.current, style: style, columns: columns())
    }

    var position: LessonSession.Position? {
        get async { await session.current }
    }

    /// The lesson to take when none is named: the first one with an open step.
    var suggested: Lesson? {
        catalog.lessons.first { isOpen($0) } ?? catalog.lessons.first
    }

    /// The lesson to go on with: the next one with an open step, else the first one with any.
    private func suggested(after lesson: Lesson) -> Lesson? {
        let later = catalog.lessons.drop { $0.id != lesson.id }.dropFirst()
        return later.first { isOpen($0) } ?? suggested
    }

    private func isOpen(_ lesson: Lesson) -> Bool {
        let outcomes = progress.outcomes(of: lesson.id)
        return lesson.steps.contains { outcomes[$0.id] == nil }
    }

    nonisolated func outcomes(of lesson: Lesson) -> [String: LessonProgress.Outcome] {
        progress.outcomes(of: lesson.id)
    }

    /// Begins a lesson, or goes on with it where the learner left it.
    /// - Returns: what to show.
    public func begin(_ lesson: Lesson) async -> String {
        let index = await session.firstOpenStep(of: lesson)
        var text = screen.title(lesson, resumed: index > 0)
        text += await enter(lesson, step: index)
        return text
    }

    /// Forgets what was passed and begins anew.
    func restart(_ lesson: Lesson) async -> String {
        try? progress.forget(lesson.id)
        return await begin(lesson)
    }

    /// The present step again.
    func show() async -> String? {
        guard let position = await session.current else { return nil }
        return screen.step(position)
    }

    /// Goes on to the next step; `passed` says whether the present one lets go.
    func next() async -> (passed: Bool, text: String) {
        guard let position = await session.current else { return (true, screen.noLesson) }
        await session.refresh()
        guard await session.stepIsPassed else {
            return (false, screen.notYet(await session.check(), quiz: await session.openQuiz))
        }
        guard position.isLast else {
            return (true, await enter(position.lesson, step: position.index + 1))
        }
        await session.leave()
        return (true, screen.farewell(position.lesson, next: suggested(after: position.lesson)))
    }

    func check() async -> (passed: Bool, text: String) {
        guard await session.current != nil else { return (false, screen.noLesson) }
        let reports = await session.check()
        let passed = await session.stepIsPassed
        return (passed, screen.check(reports, quiz: await session.openQuiz, isPassed: passed))
    }

    func hint() async -> String {
        guard await session.current != nil else { return screen.noLesson }
        if let quiz = await session.openQuiz { return screen.quiz(quiz) }
        return screen.hint(await session.hint())
    }

    func solution() async -> String {
        guard let position = await session.current else { return screen.noLesson }
        return screen.solution(position.step)
    }

    func answer(_ text: String) async -> (status: Int32, text: String) {
        let outcome = await session.answer(text)
        return screen.answered(outcome)
    }

    /// Runs the solution for the learner, keeps the step as skipped, and goes on.
    func skip(printing: @Sendable (String) -> Void) async -> (status: Int32, text: String) {
        guard let position = await session.current else { return (1, screen.noLesson) }
        if await !session.stepIsPassed {
            await session.beginSkipping()
            for code in position.step.solution {
                printing(screen.typed(code))
                guard let executor else { break }
                let (_, output) = await executor.execute(code.text)
                printing(output)
            }
            do {
                try await session.recordSkipped()
            } catch {
                return (1, error.description + "\n")
            }
        }
        return (0, await next().text)
    }

    /// Leaves the lesson, if there is one.
    /// - Returns: what to say about it.
    public func quit() async -> String? {
        await leave() ? screen.left : nil
    }

    /// - Returns: false if there was no lesson to leave.
    public func leave() async -> Bool {
        guard await session.current != nil else { return false }
        await session.leave()
        return true
    }

    private func enter(_ lesson: Lesson, step index: Int) async -> String {
        let position = await session.enter(lesson, step: index)
        var trouble = ""
        for code in position.step.setup {
            guard let executor else { break }
            let (status, output) = await executor.execute(code.text)
            if status != 0 { trouble += screen.setupFailed(output) }
        }
        _ = await executor?.takeAnswer()
        await session.arm()
        return screen.step(position) + trouble
    }

    private func announce(_ update: LessonUpdate) {
        notices.post(screen.announcement(update))
    }
}
