/// How good a place is among those that are possible (the *Score* extension point of the scheduling framework).
protocol ScorePlugin: Sendable {
    static var name: String { get }
    /// How much it counts, as in kube-scheduler's default configuration.
    static var weight: Int { get }

    /// For each of `nodes` a score from 0 to 100.
    static func scores(of nodes: [SchedulableNode], for pod: SchedulablePod, in cluster: ClusterSnapshot) -> [Int]
}

extension ScorePlugin {
    /// Stretches counts to 0…100; with `reversed` the smallest count gets 100.
    static func normalised(_ counts: [Int], reversed: Bool = false) -> [Int] {
        let largest = counts.max() ?? 0
        guard largest > 0 else { return counts.map { _ in reversed ? 100 : 0 } }
        return counts.map { reversed ? 100 - 100 * $0 / largest : 100 * $0 / largest }
    }
}
