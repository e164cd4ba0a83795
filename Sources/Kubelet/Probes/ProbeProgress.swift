/// Counts a probe's results against its thresholds. Time and the probing itself are elsewhere.
struct ProbeProgress: Sendable, Equatable {
    enum Outcome: Sendable, Equatable {
        case success
        case failure(String)
    }

    private let successThreshold: Int
    private let failureThreshold: Int
    private var last: Bool?
    private var run = 0

    init(_ specification: ProbeSpecification) {
        successThreshold = specification.successThreshold
        failureThreshold = specification.failureThreshold
    }

    /// Takes one result.
    /// - Returns: what the probe now says, or nil while the threshold has not been reached.
    mutating func record(_ outcome: Outcome) -> Bool? {
        let isSuccess = outcome == .success
        if last == isSuccess {
            run += 1
        } else {
            last = isSuccess
            run = 1
        }
        return run >= (isSuccess ? successThreshold : failureThreshold) ? isSuccess : nil
    }
}
