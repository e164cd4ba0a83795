import Dockerfile
import OCI

/// One instruction of a stage with everything it says made definite: nothing is left to be expanded.
struct BuildStep: Sendable {
    enum Operation: Sendable {
        /// Only the configuration changes.
        case none
        case run(RunOperation)
        case copy(CopyOperation)
        /// Makes a directory, with those above it, where there is none.
        case makeDirectory(path: String, user: String)
    }

    var instruction: Instruction
    var operation: Operation
    /// What the image's configuration is after it, without its layer and line of history.
    var configuration: ImageConfiguration
    /// For the history.
    var createdBy: String

    /// It may change files, and is counted and shown.
    var isShown: Bool {
        if case .none = operation { false } else { true }
    }

    /// What people see of it: one line.
    var title: String {
        instruction.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

/// RUN.
struct RunOperation: Sendable, Hashable {
    var arguments: [String]
    /// `NAME=value`, the image's and the declared arguments.
    var environment: [String]
    /// What the result does not depend on: proxies.
    var passedOn: [String]
    var workingDirectory: String
    var user: String
    var mounts: [BuildMount]
    /// Files for the command, by name, in `RunOperation.scripts`.
    var scripts: [String: [UInt8]]
    /// `default`, `none` or `host`.
    var network: String

    /// Where `scripts` are while it runs.
    static let scriptsPath = "/dev/shm/build"

    /// As an error names it.
    var shown: String { arguments.joined(separator: " ") }
}

/// COPY or ADD.
struct CopyOperation: Sendable, Hashable {
    /// A here-document, which becomes a file.
    struct Document: Sendable, Hashable {
        var name: String
        var content: String
    }

    var place: BuildGraph.Place
    var sources: [String]
    /// Absolute; ends with a slash if it was written so.
    var destination: String
    var documents: [Document]
    /// `user[:group]`
    var owner: String?
    var mode: UInt32?
    var excluded: [String]
    var keepsParents: Bool
    /// ADD: archives among the sources are unpacked.
    var unpacks: Bool
    var checksum: String?
}
