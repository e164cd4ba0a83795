import Commands
import KubernetesAPI
import Terminal

/// Turns errors into kubectl's sentences, with a hint in the learner's language where one helps.
struct FailureReport {
    let call: Call

    /// Writes the error.
    /// - Returns: the exit status.
    func report(_ error: any Error) async -> Int32 {
        if error is CancellationError || Task.isCancelled { return 130 }
        if case Failure.exit(let status) = error { return status }
        var errors = [error]
        if case Failure.several(let all) = error { errors = all }
        for error in errors {
            if Task.isCancelled { return 130 }
            call.complain(Self.text(error, isOnly: errors.count == 1, path: call.invocation.path))
            if let hint = await Hints(call: call).hint(for: error) {
                call.context.error.prose(call.context.style("→ " + hint(call.context.language), .dim))
            }
        }
        return 1
    }

    /// The error in kubectl's words, without a newline at its end.
    static func text(_ error: any Error, isOnly: Bool = true, path: [String] = ["kubectl"]) -> String {
        switch error {
        case let status as Status: return text(status)
        case Failure.fromFile(var status, let verb, let source):
            status.message = "error when \(verb) \"\(source)\": \(status.message)"
            return text(status)
        case Failure.message(let message, _): return isOnly ? "error: \(message)" : message
        case Failure.line(let text, _): return text
        case Failure.usage(let message):
            return "error: \(message)\nSee '\(path.joined(separator: " ")) -h' for help and examples"
        case Failure.several(let errors):
            return errors.map { text($0, isOnly: false, path: path) }.joined(separator: "\n")
        default: return "error: \(error)"
        }
    }

    private static func text(_ status: Status) -> String {
        switch status.reason {
        case .invalid: return invalid(status)
        case .unauthorized: return "error: You must be logged in to the server (\(status.message))"
        default: return "Error from server (\(status.reason.rawValue)): \(status.message)"
        }
    }

    private static func invalid(_ status: Status) -> String {
        let isNamed = !status.kind.isEmpty || !status.name.isEmpty
        var text = isNamed ? "The \(status.kind) \"\(status.name)\" is invalid" : "The request is invalid"
        var causes: [String] = []
        for cause in status.causes {
            let line = "\(cause.field): \(cause.message)"
            if !causes.contains(line) { causes.append(line) }
        }
        switch causes.count {
        case 0: if !isNamed, !status.message.isEmpty { text += ": \(status.message)" }
        case 1: text += ": \(causes[0])"
        default: text += ": " + causes.map { "\n* \($0)" }.joined()
        }
        return text
    }
}
