/// Prefers the node that has the most left (`NodeResourcesFit` with `LeastAllocated`).
enum LeastAllocatedScore: ScorePlugin {
    static let name = "NodeResourcesFit"
    static let weight = 1

    static func scores(of nodes: [SchedulableNode], for pod: SchedulablePod, in cluster: ClusterSnapshot) -> [Int] {
        nodes.map { node in
            let parts = [ResourceAmounts.cpu, ResourceAmounts.memory].compactMap { resource -> Int64? in
                let capacity = node.allocatable[resource]
                guard capacity > 0 else { return nil }
                let used = node.scoringRequested[resource] + pod.scoringRequests[resource]
                return used > capacity ? 0 : (capacity - used) * 100 / capacity
            }
            return parts.isEmpty ? 0 : Int(parts.reduce(0, +)) / parts.count
        }
    }
}

/// Prefers the node whose cpu and memory would be used to the same share.
enum BalancedAllocationScore: ScorePlugin {
    static let name = "NodeResourcesBalancedAllocation"
    static let weight = 1

    static func scores(of nodes: [SchedulableNode], for pod: SchedulablePod, in cluster: ClusterSnapshot) -> [Int] {
        nodes.map { node in
            let shares = [ResourceAmounts.cpu, ResourceAmounts.memory].compactMap { resource -> Double? in
                let capacity = node.allocatable[resource]
                guard capacity > 0 else { return nil }
                return min(1, Double(node.requested[resource] + pod.requests[resource]) / Double(capacity))
            }
            guard shares.count == 2 else { return 100 }
            // The standard deviation of two numbers is half their distance.
            return Int((1 - abs(shares[0] - shares[1]) / 2) * 100)
        }
    }
}
