import Commands
import Terminal

/// `--dry-run`
enum DryRun: Sendable {
    case none, client, server

    init(_ call: Call) throws {
        switch call.invocation["dry-run"] ?? "none" {
        case "none", "false": self = .none
        case "client": self = .client
        case "server": self = .server
        case "unchanged", "true":
            call.complain("W: --dry-run is deprecated and can be replaced with --dry-run=client.")
            self = .client
        case let value:
            throw Failure.message(
                "Invalid dry-run value (\(value)). Must be \"none\", \"server\", or \"client\".")
        }
    }

    /// What is put behind `pod/web created`.
    var suffix: String {
        switch self {
        case .none: ""
        case .client: " (dry run)"
        case .server: " (server dry run)"
        }
    }
}
