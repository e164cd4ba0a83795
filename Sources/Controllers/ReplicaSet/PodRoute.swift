import ControllerRuntime
import KubernetesAPI

/// Tells which ReplicaSets a change of a Pod concerns, and what it fulfils of their expectations.
struct PodRoute: Sendable {
    let replicaSets: Lister
    let expectations: Expectations
    let queue: WorkQueue<ObjectKey>

    func handle(_ change: ObjectChange) {
        switch change {
        case .added(let pod):
            guard !pod.isBeingDeleted else { return observeDeletion(of: pod) }
            if let key = owner(of: pod) {
                expectations.observedCreation(key)
                queue.add(key)
            } else {
                enqueueAdopters(of: pod)
            }
        case .updated(let old, let new):
            if new.isBeingDeleted, !old.isBeingDeleted { observeDeletion(of: new) }
            let oldOwner = owner(of: old)
            let newOwner = owner(of: new)
            if let oldOwner, oldOwner != newOwner { queue.add(oldOwner) }
            if let newOwner {
                queue.add(newOwner)
            } else if new.controller == nil, oldOwner != nil || old.labels != new.labels {
                enqueueAdopters(of: new)
            }
        case .deleted(let pod): observeDeletion(of: pod)
        }
    }

    private func observeDeletion(of pod: KubernetesObject) {
        guard let key = owner(of: pod) else { return }
        expectations.observedDeletion(key, uid: pod.uid)
        queue.add(key)
    }

    private func owner(of pod: KubernetesObject) -> ObjectKey? {
        guard let controller = pod.controller, controller.kind == APIResource.replicaSets.kind else { return nil }
        let key = ObjectKey(namespace: pod.namespace, name: controller.name)
        // A ReplicaSet that was deleted and made again under the same name is another.
        return replicaSets.get(key)?.uid == controller.uid ? key : nil
    }

    private func enqueueAdopters(of pod: KubernetesObject) {
        guard pod.controller == nil else { return }
        let labels = pod.labels
        for replicaSet in replicaSets.list(namespace: pod.namespace) {
            let selector = ReplicaSetView(replicaSet).selector
            if !selector.requirements.isEmpty, selector.matches(labels) { queue.add(replicaSet.key) }
        }
    }
}
