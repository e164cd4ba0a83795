public import ContainerRuntime
public import KubernetesAPI

/// What the learner should hear of while doing something else.
public enum LessonUpdate: Sendable {
    /// An assertion came true; how many are still missing.
    case assertionPassed(Assertion, remaining: Int)
    /// Everything has been done; now the step asks.
    case quizOpened(Quiz)
    case stepPassed(LessonStep, isLast: Bool)
}

/// One assertion and how it stands.
public struct AssertionReport: Sendable {
    public let assertion: Assertion
    public let verdict: Verdict
}

/// What became of `answer VALUE`.
public enum AnswerOutcome: Sendable {
    /// A choice of the quiz was named.
    case choice(Quiz.Choice)
    /// Kept for the assertions; whether all about it hold now, and the reports.
    case noted([AssertionReport])
    /// The quiz has no such choice.
    case noSuchChoice(count: Int)
    /// The step asks nothing.
    case nothingAsked
}

/// A learner's way through one lesson. It watches the live system, so that a step passes the moment the state is right.
public actor LessonSession {
    public struct Position: Sendable {
        public let lesson: Lesson
        public let index: Int
        /// What the machine lacks for this step; nil where it can be done.
        public let missing: BilingualText?
        /// Remarks of the step for this machine.
        public let notes: [BilingualText]
        public init(lesson: Lesson, index: Int, missing: BilingualText?, notes: [BilingualText]) {
            self.lesson = lesson
            self.index = index
            self.missing = missing
            self.notes = notes
        }

        /// The step as it can be taken here.
        public var step: LessonStep {
            let written = lesson.steps[index]
            guard missing != nil, let needs = written.needs else { return written }
            return written.withoutWork(needs)
        }
        public var isLast: Bool { index == lesson.steps.count - 1 }
    }

    /// News, in order. Read by one task.
    public nonisolated let updates: AsyncStream<LessonUpdate>

    private let evaluator: CheckEvaluator
    private let machine: any LessonMachine
    private let progress: LessonProgress
    private let continuation: AsyncStream<LessonUpdate>.Continuation
    private let recorder: Task<Void, Never>
    private var position: Position?
    private var beginning = StepBeginning(identities: [:], historyPosition: 0)
    private var answer: String?
    private var quizIsSolved = false
    private var quizWasOpened = false
    private var isPassed = false
    private var isSkipping = false
    private var announced: Set<String> = []
    private var hintsShown = 0
    private var watch: Task<Void, Never>?

    public init(
        client: any KubernetesClient, runtime: any Engine, machine: any LessonMachine,
        progress: LessonProgress
    ) async {
        let history = ContainerHistory(runtime: runtime)
        let system = LiveSystem(client: client, runtime: runtime, machine: machine, history: history)
        evaluator = CheckEvaluator(system: system)
        self.machine = machine
        self.progress = progress
        (updates, continuation) = AsyncStream.makeStream()
        let events = await runtime.events()
        recorder = Task {
            for await event in events { await history.record(event) }
        }
    }

    /// Where the learner is.
    public var current: Position? { position }
    /// The present step has been passed (or skipped), and `next` may go on.
    public var stepIsPassed: Bool { isPassed }

    /// The first step of `lesson` that has no outcome yet; the first of all where every one has.
    public func firstOpenStep(of lesson: Lesson) -> Int {
        let outcomes = progress.outcomes(of: lesson.id)
        return lesson.steps.firstIndex { outcomes[$0.id] == nil } ?? 0
    }

    /// Goes to a step. Its setup has to be run next, and then `arm` called.
    public func enter(_ lesson: Lesson, step index: Int) async -> Position {
        disarm()
        let written = lesson.steps[index]
        let position = Position(
            lesson: lesson, index: index, missing: await machine.missing(for: written),
            notes: await machine.notes(for: written))
        self.position = position
        answer = nil
        quizIsSolved = false
        // A step that only asks shows its question with the prose.
        quizWasOpened = position.step.assertions.isEmpty
        isPassed = false
        isSkipping = false
        announced = []
        hintsShown = 0
        return position
    }

    /// Takes the present state as the step's beginning and watches from now on.
    public func arm() async {
        guard let position else { return }
        watch?.cancel()
        beginning = await evaluator.beginning(of: position.step)
        let system = evaluator.system
        let step = position.step
        watch = Task { [weak self] in
            for await _ in StepTriggers.stream(for: step, in: system) {
                guard let self, await self.look() else { return }
            }
        }
    }

    /// Leaves the lesson; progress has been kept already.
    public func leave() {
        disarm()
        position = nil
    }

    /// Looks at the live system at once, without waiting for news of it.
    public func refresh() async {
        _ = await look()
    }

    /// How every assertion of the present step stands.
    public func check() async -> [AssertionReport] {
        guard let position else { return [] }
        return await reports(of: position.step)
    }

    /// The next hint: the first whose condition holds on the live system; else those for assertions that fail just now and
    /// those for all, in the order they were written.
    public func hint() async -> Hint? {
        guard let position else { return nil }
        let failing = Set(await reports(of: position.step).filter { $0.verdict != .pass }.map(\.assertion.name))
        let fitting = position.step.hints.filter { hint in hint.assertion.map(failing.contains) ?? true }
        for hint in fitting {
            guard let condition = hint.condition else { continue }
            if await evaluator.verdict(of: condition, since: beginning, answer: answer) == .pass { return hint }
        }
        let plain = fitting.filter { $0.condition == nil }
        guard !plain.isEmpty else { return nil }
        defer { hintsShown += 1 }
        return plain[min(hintsShown, plain.count - 1)]
    }

    /// Takes an answer: a choice of the quiz by its number, or a value for the assertions.
    public func answer(_ text: String) async -> AnswerOutcome {
        guard let position else { return .nothingAsked }
        let step = position.step
        let asks = step.assertions.contains { if case .answer = $0.subject { true } else { false } }
        if let quiz = step.quiz, !asks || quizIsNext {
            guard let number = Int(text), quiz.choices.indices.contains(number - 1) else {
                return .noSuchChoice(count: quiz.choices.count)
            }
            let choice = quiz.choices[number - 1]
            if choice.isCorrect { quizIsSolved = true }
            _ = await look()
            return .choice(choice)
        }
        guard asks else { return .nothingAsked }
        answer = text
        let reports = await reports(of: step).filter {
            if case .answer = $0.assertion.subject { true } else { false }
        }
        _ = await look()
        return .noted(reports)
    }

    /// From here to `recordSkipped` the step is being done for the learner: nothing is announced or counted as passed.
    public func beginSkipping() {
        isSkipping = true
    }

    /// Keeps the step as skipped; its solution has been run for the learner.
    public func recordSkipped() throws(LessonError) {
        isSkipping = false
        guard let position, !isPassed else { return }
        try progress.record(.skipped, step: position.step.id, of: position.lesson)
        isPassed = true
        disarm()
    }

    /// The quiz of the present step, once everything else has been done.
    public var openQuiz: Quiz? {
        quizIsNext ? position?.step.quiz : nil
    }

    private var quizIsNext: Bool {
        guard let step = position?.step, step.quiz != nil, !quizIsSolved else { return false }
        return announced.count == step.assertions.count
    }

    private func disarm() {
        watch?.cancel()
        watch = nil
    }

    private func reports(of step: LessonStep) async -> [AssertionReport] {
        var reports: [AssertionReport] = []
        for assertion in step.assertions {
            reports.append(
                AssertionReport(
                    assertion: assertion,
                    verdict: await evaluator.verdict(of: assertion, since: beginning, answer: answer)))
        }
        return reports
    }

    /// Compares with the live system and tells what is new.
    /// - Returns: false once the step has been passed.
    private func look() async -> Bool {
        guard let position, !isPassed else { return false }
        guard !isSkipping else { return true }
        let reports = await reports(of: position.step)
        // The learner may have gone on while the system was asked.
        guard self.position?.step.id == position.step.id, !isPassed, !isSkipping else { return false }
        let passed = reports.filter { $0.verdict == .pass }
        let remaining = reports.count - passed.count
        for report in passed where !announced.contains(report.assertion.name) {
            announced.insert(report.assertion.name)
            if reports.count > 1 { continuation.yield(.assertionPassed(report.assertion, remaining: remaining)) }
        }
        announced.formIntersection(passed.map(\.assertion.name))
        guard remaining == 0 else { return true }
        if let quiz = position.step.quiz, !quizIsSolved {
            if !quizWasOpened { continuation.yield(.quizOpened(quiz)) }
            quizWasOpened = true
            return true
        }
        isPassed = true
        disarm()
        guard position.missing == nil else {
            // Nothing was done, and nothing can be: there is nothing to praise.
            try? progress.record(.skipped, step: position.step.id, of: position.lesson)
            return false
        }
        // A full disk must not take the success away from the learner; it is kept the next time.
        try? progress.record(.passed, step: position.step.id, of: position.lesson)
        continuation.yield(.stepPassed(position.step, isLast: position.isLast))
        return false
    }

    deinit {
        recorder.cancel()
        watch?.cancel()
        continuation.finish()
    }
}
