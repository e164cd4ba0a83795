import KubernetesAPI
import Synchronization

/// The nodes and what is on them, as watched and as decided a moment ago: a Pod that has just been placed counts before
/// the watch tells of it.
final class SchedulerCache: Sendable {
    private struct State {
        var nodes: [String: SchedulableNode] = [:]
        /// Where each Pod is, by uid.
        var places: [String: String] = [:]
        /// Pods of nodes that are not known (yet), by node.
        var homeless: [String: [String: SchedulablePod]] = [:]
        var changes: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Counts changes after which a decision might be another.
    var changes: UInt64 { state.withLock { $0.changes } }

    func noteChange() {
        state.withLock { $0.changes += 1 }
    }

    func snapshot(services: [(namespace: String, selector: LabelSelector)]) -> ClusterSnapshot {
        let nodes = state.withLock { Array($0.nodes.values) }
        return ClusterSnapshot(nodes: nodes.sorted { $0.name < $1.name }, serviceSelectors: services)
    }

    func set(node object: KubernetesObject) {
        state.withLock { state in
            if state.nodes[object.name]?.update(object) != nil { return }
            var node = SchedulableNode(object)
            for pod in (state.homeless.removeValue(forKey: object.name) ?? [:]).values { node.add(pod) }
            state.nodes[object.name] = node
        }
    }

    func remove(node name: String) {
        state.withLock { state in
            guard let node = state.nodes.removeValue(forKey: name) else { return }
            if !node.pods.isEmpty { state.homeless[name] = node.pods }
        }
    }

    /// The Pod is on `node`, or is about to be.
    func place(_ pod: SchedulablePod, on node: String) {
        state.withLock { state in
            if let old = state.places[pod.uid], old != node { Self.take(pod.uid, from: old, &state) }
            state.places[pod.uid] = node
            if state.nodes[node]?.add(pod) == nil { state.homeless[node, default: [:]][pod.uid] = pod }
        }
    }

    /// The Pod needs its place no more.
    /// - Parameter expected: only if it is there; nil for wherever it is.
    /// - Returns: whether it had one.
    @discardableResult
    func release(uid: String, from expected: String? = nil) -> Bool {
        state.withLock { state in
            guard let node = state.places[uid], expected == nil || node == expected else { return false }
            state.places[uid] = nil
            Self.take(uid, from: node, &state)
            return true
        }
    }

    private static func take(_ uid: String, from node: String, _ state: inout State) {
        state.nodes[node]?.remove(uid: uid)
        state.homeless[node]?[uid] = nil
        if state.homeless[node]?.isEmpty == true { state.homeless[node] = nil }
    }
}
