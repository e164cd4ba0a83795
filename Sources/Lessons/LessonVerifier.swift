public import ContainerRuntime
public import KubernetesAPI

/// Runs cells as if a learner typed them.
public protocol CellExecutor: Sendable {
    /// - Returns: the exit status, and what was printed (standard output and error).
    func execute(_ cell: String) async -> (status: Int32, output: String)
    /// The value of the last `answer VALUE` that a cell gave, and forgets it.
    func takeAnswer() async -> String?
}

/// What was proved of a step, or why it could not be.
public struct StepProof: Sendable {
    public let lesson: String
    public let step: String
    /// Empty if everything was proved.
    public let faults: [LessonError]
    /// Assertions that were proved to fail before, pass after, and fail on every wrong attempt.
    public let assertions: Int
    public let wrongs: Int
    /// What this machine lacks, where nothing could be proved for want of it.
    public let missing: BilingualText?
}

/// Proves a lesson by running it for real: every assertion fails after the setup, fails on the wrong attempts, passes
/// after the solution, and is an error when nothing answers.
public actor LessonVerifier {
    private let executor: any CellExecutor
    private let evaluator: CheckEvaluator
    private let machine: any LessonMachine
    private let recorder: Task<Void, Never>
    private var proved: [(lesson: Lesson, assertion: Assertion, beginning: StepBeginning, answer: String?)] = []

    public init(
        client: any KubernetesClient, runtime: any Engine, machine: any LessonMachine,
        executor: any CellExecutor
    ) async {
        let history = ContainerHistory(runtime: runtime)
        evaluator = CheckEvaluator(
            system: LiveSystem(client: client, runtime: runtime, machine: machine, history: history))
        self.machine = machine
        self.executor = executor
        let events = await runtime.events()
        recorder = Task {
            for await event in events { await history.record(event) }
        }
    }

    deinit {
        recorder.cancel()
    }

    /// Runs every step in order.
    public func verify(_ lesson: Lesson, report: (StepProof) -> Void) async {
        for step in lesson.steps {
            report(await verify(step, of: lesson))
            if Task.isCancelled { return }
        }
    }

    /// To be called when the cluster and the engine have been stopped: every verdict must now be an error.
    public func verifyErrors() async -> [LessonError] {
        var faults: [LessonError] = []
        for (lesson, assertion, beginning, answer) in proved {
            let verdict = await evaluator.verdict(of: assertion, since: beginning, answer: answer)
            if case .error = verdict { continue }
            faults.append(
                LessonError(
                    file: lesson.file, line: assertion.line,
                    reason: "'\(assertion.name)' does not turn into an error when nothing answers"))
        }
        return faults
    }

    private func verify(_ step: LessonStep, of lesson: Lesson) async -> StepProof {
        if let missing = await machine.missing(for: step) {
            return StepProof(
                lesson: lesson.id, step: step.id, faults: [], assertions: 0, wrongs: 0, missing: missing)
        }
        var faults: [LessonError] = []
        func fault(_ line: Int, _ reason: String) {
            faults.append(LessonError(file: lesson.file, line: line, reason: "step '\(step.id)': \(reason)"))
        }
        for code in step.setup {
            let (status, output) = await executor.execute(code.text)
            if status != 0 { fault(code.line, "the setup ended with \(status): \(output.trimmed)") }
        }
        _ = await executor.takeAnswer()
        let beginning = await evaluator.beginning(of: step)
        for assertion in step.assertions {
            switch await evaluator.verdict(of: assertion, since: beginning, answer: nil) {
            case .fail: break
            case .pass: fault(assertion.line, "'\(assertion.name)' holds before anything was done")
            case .error(let reason): fault(assertion.line, "'\(assertion.name)' could not be checked: \(reason)")
            }
        }
        for wrong in step.wrongs {
            _ = await executor.execute(wrong.code.text)
            let answer = await executor.takeAnswer()
            guard let assertion = step.assertions.first(where: { $0.name == wrong.assertion }) else { continue }
            if await becomesTrue(assertion, since: beginning, answer: answer, within: .milliseconds(700)) {
                fault(wrong.code.line, "after this wrong attempt '\(wrong.assertion)' holds")
            }
        }
        for code in step.solution {
            let (status, output) = await executor.execute(code.text)
            if status != 0 { fault(code.line, "the solution ended with \(status): \(output.trimmed)") }
        }
        let answer = await executor.takeAnswer()
        for assertion in step.assertions {
            let limit = Duration.seconds(assertion.within)
            if await !becomesTrue(assertion, since: beginning, answer: answer, within: limit) {
                fault(assertion.line, "'\(assertion.name)' does not hold \(assertion.within) s after the solution")
            }
            proved.append((lesson, assertion, beginning, answer))
        }
        return StepProof(
            lesson: lesson.id, step: step.id, faults: faults, assertions: step.assertions.count,
            wrongs: step.wrongs.count, missing: nil)
    }

    /// Looks at every change, and once more at the end of the time.
    private func becomesTrue(
        _ assertion: Assertion, since beginning: StepBeginning, answer: String?, within limit: Duration
    ) async -> Bool {
        let step = LessonStep.only(assertion)
        let evaluator = evaluator
        let system = evaluator.system
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in StepTriggers.stream(for: step, in: system) {
                    if await evaluator.verdict(of: assertion, since: beginning, answer: answer) == .pass {
                        return true
                    }
                }
                return false
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return await evaluator.verdict(of: assertion, since: beginning, answer: answer) == .pass
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
    }
}

extension LessonStep {
    /// A step that looks at what one assertion looks at.
    fileprivate static func only(_ assertion: Assertion) -> LessonStep {
        LessonStep(
            id: "", line: 0, prose: .empty, afterword: nil, setup: [], run: [], assertions: [assertion], quiz: nil,
            hints: [], solution: [], wrongs: [], needs: nil, notes: [])
    }
}
