import ControllerRuntime
import Documents
import KubernetesAPI

/// Watches that nodes stay alive, and marks those that do not.
struct NodeLifecycleReconciler: Reconciler {
    static let name = "node-controller"
    static let leaseNamespace = "kube-node-lease"

    let client: any KubernetesClient
    let events: EventRecorder
    let nodes: Lister
    let leases: Lister
    let pods: Lister
    let heartbeats: NodeHeartbeats
    let clock: any ControllerClock
    let gracePeriod: Duration

    static func controller(_ context: ControllerContext) -> Controller {
        let nodes = context.informers.informer(.nodes)
        let leases = context.informers.informer(.leases)
        let pods = context.informers.informer(.pods, indexes: [.node])
        let heartbeats = NodeHeartbeats(clock: context.clock)
        let queue = context.makeQueue()
        nodes.addHandler { change in
            if change.isDeletion { heartbeats.forget(change.object.name) }
            queue.add(change.object.key)
        }
        leases.addHandler { change in
            guard change.object.namespace == leaseNamespace else { return }
            queue.add(ObjectKey(name: change.object.name))
        }
        // A Pod that becomes ready late on a lost node (its last report was under way) must be marked as well.
        pods.addHandler { change in
            let pod = PodView(change.object)
            guard !change.isDeletion, pod.isReady, !pod.nodeName.isEmpty,
                let node = nodes.lister.get(ObjectKey(name: pod.nodeName)),
                node.condition("Ready")?.status == .unknown
            else { return }
            queue.add(node.key)
        }
        return context.makeController(
            name, queue: queue, informers: [nodes, leases, pods], workers: 1,
            reconciler: NodeLifecycleReconciler(
                client: context.client(of: name), events: context.events(of: name), nodes: nodes.lister,
                leases: leases.lister, pods: pods.lister, heartbeats: heartbeats, clock: context.clock,
                gracePeriod: context.timing.nodeMonitorGracePeriod))
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let node = nodes.get(key) else { return .done }
        let lease = leases.get(ObjectKey(namespace: Self.leaseNamespace, name: key.name))
        let decision = NodeHealthDecision.decide(
            NodeObservation(
                node: node, silence: heartbeats.silence(of: node, lease: lease), gracePeriod: gracePeriod,
                now: clock.timestamp))
        var current = node
        if let newStatus = decision.newStatus {
            current = try await client.update(.nodes, newStatus, subresource: .status)
        }
        if let taints = decision.newTaints {
            current.spec["taints"] = taints.isEmpty ? nil : .array(taints.map(\.document))
            _ = try await client.update(.nodes, current)
        }
        if decision.lostReadiness {
            events.normal(node, "NodeNotReady", "Node \(node.name) status is now: NodeNotReady")
        }
        if decision.isUnreachable { try await markPodsNotReady(on: key.name) }
        return decision.lookAgain.map { .requeue(after: $0) } ?? .done
    }

    private func markPodsNotReady(on node: String) async throws(Status) {
        for pod in pods.list(by: .node, node) where PodView(pod).isReady {
            var marked = pod
            marked.setCondition(Condition("Ready", .no), now: clock.timestamp)
            do {
                _ = try await client.update(.pods, marked, subresource: .status)
                events.warning(pod, "NodeNotReady", "Node is not ready")
            } catch  where error.reason == .notFound {
                continue
            }
        }
    }
}

extension ObjectIndex {
    /// Pods by the node they are assigned to.
    static let node = ObjectIndex.field("spec.nodeName")
}
