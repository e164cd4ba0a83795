public import Documents

/// What a step may ask of a machine beyond what every container needs. Written `vm`, `kernel-limits`, `image:debian`.
public enum MachineFeature: Sendable, Hashable, CustomStringConvertible {
    /// A hypervisor, and a kernel to boot in it.
    case virtualMachines
    /// Control groups that this user may make: limits are held by the kernel, not watched.
    case kernelLimits
    /// The image is here or can be made here.
    case image(String)

    /// Nil where the word is no feature.
    init?(_ word: String) {
        switch word {
        case "vm": self = .virtualMachines
        case "kernel-limits": self = .kernelLimits
        case let word where word.hasPrefix("image:") && word.count > 6: self = .image(String(word.dropFirst(6)))
        default: return nil
        }
    }

    public var description: String {
        switch self {
        case .virtualMachines: "vm"
        case .kernelLimits: "kernel-limits"
        case .image(let reference): "image:\(reference)"
        }
    }

    static let expected = "vm, kernel-limits, image:NAME"
}

/// The machine that lessons run on.
public protocol LessonMachine: Sendable {
    /// Nil where the machine has it; else why it has not, and what to do about it, in whole sentences.
    func lack(of feature: MachineFeature) async -> BilingualText?
    /// Virtual machines, running or not: `name`, `state` (`running` or `exited`), `release` of its kernel, `memory` and
    /// `disk` in bytes, `bootSeconds`, `startedAt` in seconds since 1970.
    func virtualMachines() async -> [JSONValue]
}

extension LessonMachine {
    /// What of the needs of `step` the machine lacks; nil where the step can be done.
    func missing(for step: LessonStep) async -> BilingualText? {
        var lacks: [BilingualText] = []
        for feature in step.needs?.features ?? [] {
            if let lack = await lack(of: feature) { lacks.append(lack) }
        }
        guard !lacks.isEmpty else { return nil }
        return BilingualText(
            korean: lacks.map(\.korean).joined(separator: " "), english: lacks.map(\.english).joined(separator: " "))
    }

    /// The remarks of `step` that are for this machine.
    func notes(for step: LessonStep) async -> [BilingualText] {
        var notes: [BilingualText] = []
        for note in step.notes where await lack(of: note.feature) != nil { notes.append(note.text) }
        return notes
    }
}

/// A machine that has everything: for lessons where nobody can find out.
public struct CompleteMachine: LessonMachine {
    public init() {}

    public func lack(of feature: MachineFeature) async -> BilingualText? { nil }

    public func virtualMachines() async -> [JSONValue] { [] }
}

/// What a step cannot do without, and what it says where that is missing.
public struct StepNeeds: Sendable {
    public let features: [MachineFeature]
    /// Shown instead of the step's prose: what there would be to see, and an honest way without it.
    public let without: BilingualText
    public let line: Int
}

/// A remark for machines that lack something, under the step's prose.
public struct MachineNote: Sendable {
    public let feature: MachineFeature
    public let text: BilingualText
    public let line: Int
}

extension LessonStep {
    /// The step as it is where something it needs is missing: read, and asked about, but not done.
    func withoutWork(_ needs: StepNeeds) -> LessonStep {
        LessonStep(
            id: id, line: line, prose: needs.without, afterword: nil, setup: [], run: [], assertions: [], quiz: quiz,
            hints: [], solution: [], wrongs: [], needs: needs, notes: [])
    }
}
