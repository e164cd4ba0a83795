import Glibc
import Synchronization

/// Receives the signals of the process on the main thread and hands them to whatever runs.
final class SignalRouter: Sendable {
    /// What a mode does on a signal.
    struct Reactions: Sendable {
        /// SIGINT. In the shell keys are keys, and this comes from elsewhere.
        var interrupt: @Sendable () -> Void = { exit(130) }
        /// SIGTERM, SIGHUP.
        var leave: @Sendable (Int32) -> Void = { exit(128 + $0) }
        var windowChanged: @Sendable () -> Void = {}
    }

    private let reactions = Mutex(Reactions())
    private static let routed = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH]
    /// A pipe without a reader is an error of write(2); terminals may be written to from the background.
    private static let ignored = [SIGPIPE, SIGTTOU, SIGTTIN]

    /// Blocks the signals; threads that are started later inherit that.
    init() {
        var set = Self.set
        pthread_sigmask(SIG_BLOCK, &set, nil)
        for signal in Self.ignored { Glibc.signal(signal, SIG_IGN) }
    }

    func react(_ new: Reactions) { reactions.withLock { $0 = new } }

    /// Waits for signals for as long as the process lives.
    func route() -> Never {
        var set = Self.set
        while true {
            var signal: Int32 = 0
            guard sigwait(&set, &signal) == 0 else { continue }
            let reactions = reactions.withLock { $0 }
            switch signal {
            case SIGWINCH: reactions.windowChanged()
            case SIGINT, SIGQUIT: reactions.interrupt()
            default: reactions.leave(signal)
            }
        }
    }

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in routed { sigaddset(&set, signal) }
        return set
    }
}
