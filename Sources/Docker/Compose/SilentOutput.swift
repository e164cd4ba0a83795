import Commands
import Glibc
import Terminal

/// Somewhere for a docker command to print what compose says in its own way. Errors are heard.
final class SilentOutput: Sendable {
    private let null = open("/dev/null", O_WRONLY | O_CLOEXEC)

    deinit {
        close(null)
    }

    func context(like other: CommandContext) -> CommandContext {
        var context = other
        context.output = OutputStream(descriptor: null)
        return context
    }
}
