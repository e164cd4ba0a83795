/// One instruction of a stage, as written: variables are not expanded yet.
public struct Instruction: Sendable, Hashable {
    public enum Action: Sendable, Hashable {
        case add(Transfer)
        case argument([ArgumentDeclaration])
        case command(CommandForm)
        case copy(Transfer)
        case entrypoint(CommandForm)
        case environment([Setting])
        case expose([String])
        case healthCheck(HealthCheckInstruction)
        case label([Setting])
        case maintainer(String)
        /// The instruction that a build on the image begins with, unparsed.
        case onBuild(String)
        case run(RunInstruction)
        case shell([String])
        case stopSignal(String)
        case user(String)
        case volume([String])
        case workingDirectory(String)
    }

    public var keyword: Keyword
    public var action: Action
    /// The line as it was written, continued lines joined.
    public var text: String
    /// In the file, counted from 1.
    public var lines: ClosedRange<Int>
}

/// `["program", "argument"]`, or a line for a shell.
public enum CommandForm: Sendable, Hashable {
    case exec([String])
    case shell(String)
}

/// `NAME=value` of ENV and LABEL; both sides may hold variables and quotes.
public struct Setting: Sendable, Hashable {
    public var name: String
    public var value: String
}

/// `ARG NAME` or `ARG NAME=value`.
public struct ArgumentDeclaration: Sendable, Hashable {
    public var name: String
    /// May hold variables and quotes.
    public var fallback: String?
}

/// COPY or ADD.
public struct Transfer: Sendable, Hashable {
    public var sources: [String]
    public var destination: String
    /// Here-documents among the sources, in order.
    public var hereDocuments: [HereDocument]
    /// Another stage, or an image.
    public var from: String?
    public var owner: String?
    public var mode: String?
    /// ADD: the archive is to have this digest.
    public var checksum: String?
    /// Patterns of what is left out.
    public var excluded: [String]
    /// Keeps the directories of the sources below the last `/./`.
    public var keepsParents: Bool
    /// The files do not depend on what is at the destination.
    public var isLinked: Bool
}

/// RUN.
public struct RunInstruction: Sendable, Hashable {
    public var command: CommandForm
    public var hereDocuments: [HereDocument]
    public var mounts: [BuildMount]
    /// `default`, `none` or `host`.
    public var network: String
    /// `sandbox` or `insecure`.
    public var security: String
}

/// `RUN --mount`: something that is there only while the command runs. Values may hold variables.
public struct BuildMount: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case bind, cache, tmpfs, secret, ssh
    }
    public var kind: Kind
    public var target: String
    public var source: String?
    public var from: String?
    public var id: String?
    /// The variable of the environment that a secret is given in.
    public var variable: String?
    public var isReadOnly: Bool
    /// `shared`, `private` or `locked`.
    public var sharing: String
    public var size: String?
    public var mode: String?
    public var user: String?
    public var group: String?
    public var isRequired: Bool
}

/// HEALTHCHECK; spans as Go writes them (`1m30s`).
public struct HealthCheckInstruction: Sendable, Hashable {
    /// Nil is NONE: the base image's check is switched off.
    public var command: CommandForm?
    public var interval: String?
    public var timeout: String?
    public var startPeriod: String?
    public var startInterval: String?
    public var retries: Int?
}

/// FROM and what follows up to the next one.
public struct Stage: Sendable, Hashable {
    /// Image or earlier stage; may hold variables.
    public var base: String
    public var platform: String?
    /// In small letters.
    public var name: String?
    public var instructions: [Instruction]
    /// Of FROM.
    public var text: String
    public var lines: ClosedRange<Int>
}
