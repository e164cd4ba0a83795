import ControllerRuntime

/// The wait before a container that keeps exiting is started again: none the first time, then doubling up to a limit;
/// forgotten after it has run for twice the limit (client-go's `flowcontrol.Backoff`, as the kubelet uses it).
struct RestartDelay: Sendable, Equatable {
    private(set) var delay: Duration
    private(set) var updatedAt: Duration

    /// The moment before which a container that ended at `end` is not started again, or nil where it may be at once.
    static func notBefore(_ present: RestartDelay?, end: Duration, backoff: Backoff) -> Duration? {
        guard let present, !present.isForgotten(at: end, backoff: backoff) else { return nil }
        return end + present.delay
    }

    /// The delay to keep when the container is started at `now` after an end at `end`.
    static func next(after present: RestartDelay?, end: Duration, now: Duration, backoff: Backoff) -> RestartDelay {
        guard let present, !present.isForgotten(at: end, backoff: backoff) else {
            return RestartDelay(delay: backoff.base, updatedAt: now)
        }
        return RestartDelay(delay: min(present.delay * 2, backoff.limit), updatedAt: now)
    }

    private func isForgotten(at end: Duration, backoff: Backoff) -> Bool {
        end - updatedAt > backoff.limit * 2
    }
}

extension Duration {
    /// As Go prints a `time.Duration` of whole seconds or milliseconds: `10s`, `1m20s`, `5m0s`, `500ms`.
    var goText: String {
        let (seconds, attoseconds) = components
        let milliseconds = Int(attoseconds / 1_000_000_000_000_000)
        if seconds == 0 { return milliseconds == 0 ? "0s" : "\(milliseconds)ms" }
        var text = ""
        if seconds >= 3600 { text += "\(seconds / 3600)h" }
        if seconds >= 60 { text += "\(seconds / 60 % 60)m" }
        text += "\(seconds % 60)"
        if milliseconds > 0 {
            var digits = String(1000 + milliseconds).dropFirst()
            while digits.last == "0" { digits.removeLast() }
            text += ".\(digits)"
        }
        return text + "s"
    }
}
