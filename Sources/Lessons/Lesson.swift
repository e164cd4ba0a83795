/// A lesson as it was written: prose in both languages around steps that a machine can check.
public struct Lesson: Sendable {
    /// What the learner types: `what-is-a-container`. Also the file's name without `.md`.
    public let id: String
    public let title: BilingualText
    /// Lessons that should be taken before.
    public let requires: [String]
    /// The seed of names and addresses, so that a recorded run can be repeated.
    public let seed: UInt64
    /// How long it takes, for a beginner.
    public let minutes: Int
    /// The path it was read from.
    public let file: String
    /// Opening prose, before the first step.
    public let introduction: BilingualText
    public let steps: [LessonStep]
}

/// One idea, one thing to type, one thing to notice.
public struct LessonStep: Sendable {
    /// The heading; unique in the lesson.
    public let id: String
    /// 1-based line of the heading.
    public let line: Int
    public let prose: BilingualText
    /// Prose shown once the step has been passed: what there was to notice.
    public let afterword: BilingualText?
    /// Cells run before the learner sees the step.
    public let setup: [LessonCode]
    /// What the learner is invited to type.
    public let run: [LessonCode]
    public let assertions: [Assertion]
    public let quiz: Quiz?
    public let hints: [Hint]
    public let solution: [LessonCode]
    public let wrongs: [WrongAttempt]
    /// What the machine must have for this step, if it is more than every step needs.
    public let needs: StepNeeds?
    public let notes: [MachineNote]
}

/// Commands in a fenced block.
public struct LessonCode: Sendable, Hashable {
    public let text: String
    /// 1-based line of the first line of code.
    public let line: Int
}

/// A text in Korean and English.
public struct BilingualText: Sendable, Hashable {
    public let korean: String
    public let english: String

    public init(korean: String, english: String) {
        self.korean = korean
        self.english = english
    }

    public static let empty = BilingualText(korean: "", english: "")

    public var isEmpty: Bool { korean.isEmpty && english.isEmpty }
}

/// Help on request. One that names an assertion is shown while that assertion fails on the live system; one with a
/// condition while that holds, and before those without.
public struct Hint: Sendable {
    public let assertion: String?
    /// What the learner must have done for this hint to fit: a container that runs, but without its limit.
    public let condition: Assertion?
    public let text: BilingualText
    public let line: Int
}

/// A plausible mistake: after it the named assertion must still fail.
public struct WrongAttempt: Sendable {
    public let code: LessonCode
    public let assertion: String
}

/// A question with choices, each with the reason why it is right or wrong.
public struct Quiz: Sendable {
    public struct Choice: Sendable {
        public let text: BilingualText
        public let isCorrect: Bool
        public let why: BilingualText
    }

    public let question: BilingualText
    public let choices: [Choice]
    public let line: Int
}
