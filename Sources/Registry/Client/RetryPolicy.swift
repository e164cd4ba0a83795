/// How often and after which pause something that failed is tried again.
public struct RetryPolicy: Sendable {
    /// Tries in all, without any progress between them.
    public var attempts: Int
    /// The pause before the given try (1 is the first repetition), and the longest that a registry may ask for.
    public var pause: @Sendable (_ attempt: Int) -> Duration
    public var longest: Duration

    public init(attempts: Int, longest: Duration, pause: @escaping @Sendable (_ attempt: Int) -> Duration) {
        self.attempts = attempts
        self.longest = longest
        self.pause = pause
    }

    /// Five tries; 0.5, 1, 2 and 4 seconds, each up to half longer, so that many clients do not come back at once.
    public static let standard = RetryPolicy(attempts: 5, longest: .seconds(60)) { attempt in
        .milliseconds((500 << min(attempt - 1, 5)) * Int.random(in: 100...150) / 100)
    }

    /// Waits before a repetition.
    /// - Parameter asked: seconds that the registry asked to wait (`Retry-After`).
    func wait(_ attempt: Int, asked: Int? = nil) async throws(RegistryError) {
        let duration = max(pause(attempt), .seconds(asked ?? 0))
        do {
            try await Task.sleep(for: min(duration, longest))
        } catch {
            throw .cancelled
        }
    }

    /// The status of an answer that may be another the next time.
    static func isPassing(_ status: Int) -> Bool { [408, 429, 500, 502, 503, 504].contains(status) }
}
