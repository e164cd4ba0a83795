import ControllerRuntime
import Documents
import KubernetesAPI
import Synchronization

/// Removes Pods of nodes that are gone, and terminated Pods of which there are too many.
struct PodGarbageReconciler: Reconciler {
    static let name = "pod-garbage-collector"

    let client: any KubernetesClient
    let nodes: Lister
    let pods: Lister
    let missing: MissingNodes
    let clock: any ControllerClock
    let timing: ControllerTiming

    static func controller(_ context: ControllerContext) -> Controller {
        let nodes = context.informers.informer(.nodes)
        let pods = context.informers.informer(.pods, indexes: [.node, .ended])
        let queue = context.makeQueue()
        let threshold = context.timing.terminatedPodThreshold
        nodes.addHandler { change in
            guard change.isDeletion else { return }
            for pod in pods.lister.list(by: .node, change.object.name) { queue.add(pod.key) }
        }
        pods.addHandler { change in
            let pod = PodView(change.object)
            guard !change.isDeletion else { return }
            if pod.nodeName.isEmpty {
                if change.object.isBeingDeleted { queue.add(change.object.key) }
            } else if nodes.lister.get(ObjectKey(name: pod.nodeName)) == nil {
                queue.add(change.object.key)
            }
            guard pod.isTerminated else { return }
            let ended = pods.lister.list(by: .ended, ObjectIndex.endedValue)
            for surplus in PodGarbageDecision.surplus(ofTerminated: ended, threshold: threshold) {
                queue.add(surplus.key)
            }
        }
        return context.makeController(
            name, queue: queue, informers: [nodes, pods], workers: 1,
            reconciler: PodGarbageReconciler(
                client: context.client(of: name), nodes: nodes.lister, pods: pods.lister,
                missing: MissingNodes(clock: context.clock), clock: context.clock, timing: context.timing))
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let pod = pods.get(key) else { return .done }
        if PodView(pod).isTerminated {
            let ended = pods.list(by: .ended, ObjectIndex.endedValue)
            let surplus = PodGarbageDecision.surplus(ofTerminated: ended, threshold: timing.terminatedPodThreshold)
            if surplus.contains(where: { $0.uid == pod.uid }) {
                try await remove(pod)
                return .done
            }
        }
        let nodeName = PodView(pod).nodeName
        let exists = try await nodeExists(nodeName)
        switch PodGarbageDecision.decide(
            pod: pod, nodeExists: exists, missingFor: missing.note(nodeName, exists: exists),
            quarantine: timing.missingNodeQuarantine)
        {
        case .keep: return .done
        case .keepFor(let wait): return .requeue(after: wait)
        case .remove:
            try await remove(pod)
            return .done
        }
    }

    private func nodeExists(_ name: String) async throws(Status) -> Bool {
        if name.isEmpty || nodes.get(ObjectKey(name: name)) != nil { return true }
        // The cache may not have heard of it yet, and what follows is final.
        return try await client.getIfPresent(.nodes, ObjectKey(name: name)) != nil
    }

    private func remove(_ pod: KubernetesObject) async throws(Status) {
        do {
            if !PodView(pod).isTerminated, !PodView(pod).nodeName.isEmpty {
                var failed = pod
                failed.status["phase"] = "Failed"
                failed.setCondition(
                    Condition(
                        "DisruptionTarget", .yes, reason: "DeletionByPodGC", message: "PodGC: node no longer exists"),
                    now: clock.timestamp)
                _ = try await client.update(.pods, failed, subresource: .status)
            }
            try await client.deleteIfPresent(.pods, pod, gracePeriodSeconds: 0)
        } catch  where error.reason == .notFound {
            return
        }
    }
}

/// Since when nodes are known to be missing.
final class MissingNodes: Sendable {
    private let clock: any ControllerClock
    private let since = Mutex<[String: Duration]>([:])

    init(clock: any ControllerClock) {
        self.clock = clock
    }

    /// Notes whether `node` exists now.
    /// - Returns: for how long it has been missing.
    func note(_ node: String, exists: Bool) -> Duration {
        let now = clock.now
        return since.withLock { since in
            guard !exists else {
                since[node] = nil
                return .zero
            }
            let start = since[node] ?? now
            since[node] = start
            return now - start
        }
    }
}

extension ObjectIndex {
    static let endedValue = "ended"

    /// Pods that have ended, under `endedValue`.
    static let ended = ObjectIndex("ended") { PodView($0).isTerminated ? [endedValue] : [] }
}
