import Documents
import KubernetesAPI

/// Which Pods to give up first when there are too many (kube-controller-manager's `ActivePodsWithRanks`).
enum PodDeletionOrder {
    private struct Ranked {
        let pod: KubernetesObject
        /// Lower goes first, compared from left to right.
        let order: [Int]
    }

    /// `pods`, those to be deleted first in front.
    ///
    /// In this order: not assigned to a node; Pending, then Unknown, then Running; not ready; lower
    /// `pod-deletion-cost`; more related Pods on the same node; ready for less long; more restarts; younger. Spans
    /// of time are compared by their magnitude only (KEP-2185), and the uid decides between equals, so that not always
    /// the youngest domain loses.
    /// - Parameter related: active Pods of all ReplicaSets of the same owner, for the spread over nodes.
    static func sorted(_ pods: [KubernetesObject], related: [KubernetesObject], now: Timestamp) -> [KubernetesObject] {
        var onNode: [String: Int] = [:]
        for pod in related { onNode[PodView(pod).nodeName, default: 0] += 1 }
        let ranked = pods.map { object in
            let pod = PodView(object)
            let isReady = pod.isReady
            let created = object.creationTimestamp.flatMap(Timestamp.init)
            return Ranked(
                pod: object,
                order: [
                    pod.nodeName.isEmpty ? 0 : 1,
                    ["Pending": 0, "Unknown": 1, "Running": 2][pod.phase] ?? 2,
                    isReady ? 1 : 0,
                    deletionCost(object),
                    -(onNode[pod.nodeName] ?? 0),
                    isReady ? magnitude(since: pod.readyTransition, now: now) : 0,
                    -pod.restartCount,
                    magnitude(since: created, now: now),
                ])
        }
        return ranked.sorted { left, right in
            left.order == right.order
                ? left.pod.uid < right.pod.uid : left.order.lexicographicallyPrecedes(right.order)
        }.map(\.pod)
    }

    private static func deletionCost(_ pod: KubernetesObject) -> Int {
        let text = pod.document.at("metadata", "annotations", "controller.kubernetes.io/pod-deletion-cost")?.string
        return text.flatMap { Int32($0) }.map(Int.init) ?? 0
    }

    /// The binary logarithm of the nanoseconds passed, rounded down; -1 for no time or none known.
    private static func magnitude(since start: Timestamp?, now: Timestamp) -> Int {
        guard let start, now > start else { return -1 }
        let span = now - start
        let nanoseconds = span.components.seconds * 1_000_000_000 + span.components.attoseconds / 1_000_000_000
        return 63 - nanoseconds.leadingZeroBitCount
    }
}
