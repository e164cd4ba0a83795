import ControllerRuntime
import Documents
import KubernetesAPI

/// Deletes Pods from nodes whose `NoExecute` taints they do not, or no longer, tolerate.
struct TaintEvictionReconciler: Reconciler {
    static let name = "taint-eviction-controller"

    let client: any KubernetesClient
    let events: EventRecorder
    let nodes: Lister
    let pods: Lister
    let clock: any ControllerClock

    static func controller(_ context: ControllerContext) -> Controller {
        let nodes = context.informers.informer(.nodes)
        let pods = context.informers.informer(.pods, indexes: [.node])
        let queue = context.makeQueue()
        nodes.addHandler { change in
            if case .updated(let old, let new) = change, old.spec["taints"] == new.spec["taints"] { return }
            guard !change.isDeletion else { return }
            for pod in pods.lister.list(by: .node, change.object.name) { queue.add(pod.key) }
        }
        pods.addHandler { change in
            let pod = change.object
            guard !change.isDeletion, let node = nodes.lister.get(ObjectKey(name: PodView(pod).nodeName)),
                Taint.of(node).contains(where: { $0.effect == .noExecute })
            else { return }
            queue.add(pod.key)
        }
        return context.makeController(
            name, queue: queue, informers: [nodes, pods],
            reconciler: TaintEvictionReconciler(
                client: context.client(of: name), events: context.events(of: name), nodes: nodes.lister,
                pods: pods.lister, clock: context.clock))
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let pod = pods.get(key), let node = nodes.get(ObjectKey(name: PodView(pod).nodeName)) else {
            return .done
        }
        switch TaintEvictionDecision.decide(
            pod: pod, taints: Taint.of(node), now: clock.timestamp)
        {
        case .stay: return .done
        case .stayFor(let wait): return .requeue(after: wait)
        case .evict:
            events.normal(pod, "TaintManagerEviction", "Marking for deletion Pod \(key)")
            try await client.deleteIfPresent(.pods, pod)
            return .done
        }
    }
}
