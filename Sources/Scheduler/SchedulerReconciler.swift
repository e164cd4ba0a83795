import ControllerRuntime
import Documents
import KubernetesAPI

/// Places one Pod.
struct SchedulerReconciler: Reconciler {
    let client: any KubernetesClient
    let events: EventRecorder
    let pods: Lister
    let services: Lister
    let routes: SchedulerRoutes
    let clock: any ControllerClock
    let seed: UInt64

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let object = pods.get(key), routes.isOurs(object) else {
            routes.unschedulable.forget(key)
            return .done
        }
        let changes = routes.cache.changes
        let pod = SchedulablePod(object)
        let snapshot = routes.cache.snapshot(services: serviceSelectors(for: pod))
        switch SchedulingDecision.decide(pod, in: snapshot, seed: seed) {
        case .place(let node):
            try await bind(pod, to: node)
            routes.unschedulable.forget(key)
        case .unschedulable(let message, let helpedBy):
            routes.unschedulable.park(key, helpedBy: helpedBy, hasChanged: routes.cache.changes != changes)
            try await report(message, about: object)
        }
        return .done
    }

    /// Only Pods without controller are spread by Services.
    private func serviceSelectors(for pod: SchedulablePod) -> [(namespace: String, selector: LabelSelector)] {
        guard pod.controllerUID == nil else { return [] }
        return services.list(namespace: pod.object.namespace).compactMap { service in
            guard let map = service.spec["selector"]?.object, !map.isEmpty else { return nil }
            return (service.namespace, LabelSelector(document: ["matchLabels": .object(map)]))
        }
    }

    private func bind(_ pod: SchedulablePod, to node: String) async throws(Status) {
        var binding = KubernetesObject([
            "apiVersion": "v1", "kind": "Binding",
            "target": ["apiVersion": "v1", "kind": "Node", "name": .string(node)],
        ])
        binding.namespace = pod.object.namespace
        binding.name = pod.object.name
        binding.metadata["uid"] = .string(pod.uid)
        routes.cache.place(pod, on: node)
        do {
            _ = try await client.update(.pods, binding, subresource: .binding)
        } catch {
            routes.cache.release(uid: pod.uid, from: node)
            // Gone, or placed by somebody else: the watch tells.
            if error.reason == .notFound || error.reason == .conflict { return }
            throw error
        }
        events.normal(pod.object, "Scheduled", "Successfully assigned \(pod.key) to \(node)")
    }

    private func report(_ message: String, about pod: KubernetesObject) async throws(Status) {
        events.warning(pod, "FailedScheduling", message)
        var result = pod
        let hasChanged = result.setCondition(
            Condition("PodScheduled", .no, reason: "Unschedulable", message: message), now: clock.timestamp)
        guard hasChanged else { return }
        do {
            _ = try await client.update(.pods, result, subresource: .status)
        } catch  where error.reason == .notFound || error.reason == .conflict {
            // Somebody else wrote: the event has said it, and the next attempt writes again.
            return
        }
    }
}
