import ControllerRuntime
import Documents
import KubernetesAPI

/// What changes of nodes and Pods mean to the scheduler.
struct SchedulerRoutes: Sendable {
    let cache: SchedulerCache
    let queue: WorkQueue<ObjectKey>
    let unschedulable: UnschedulablePods
    let schedulerName: String

    func handle(node change: ObjectChange) {
        switch change {
        case .added(let node):
            cache.set(node: node)
            announce(.node)
        case .updated(let old, let new):
            cache.set(node: new)
            if Self.mayHelp(old, new) { announce(.node) }
        case .deleted(let node): cache.remove(node: node.name)
        }
    }

    func handle(pod change: ObjectChange) {
        let pod = PodView(change.object)
        guard !change.isDeletion, !pod.isTerminated else {
            unschedulable.forget(change.object.key)
            if cache.release(uid: change.object.uid) { announce(.podFreed) }
            return
        }
        if !pod.nodeName.isEmpty {
            unschedulable.forget(change.object.key)
            cache.place(SchedulablePod(change.object), on: pod.nodeName)
            if case .updated(let old, let new) = change, old.labels == new.labels, !PodView(old).nodeName.isEmpty {
                return
            }
            announce(.podPlaced)
        } else if isOurs(change.object) {
            if case .updated(let old, let new) = change, Self.asksTheSame(old, new) { return }
            queue.add(change.object.key)
        }
    }

    /// A Pod that waits for us: without node, not going, and not held back by gates.
    func isOurs(_ pod: KubernetesObject) -> Bool {
        let name = pod.spec["schedulerName"]?.string ?? ""
        return (name.isEmpty || name == schedulerName) && !pod.isBeingDeleted && PodView(pod).nodeName.isEmpty
            && (pod.spec["schedulingGates"]?.array ?? []).isEmpty
    }

    private func announce(_ change: ClusterChange) {
        cache.noteChange()
        unschedulable.wake(by: change)
    }

    private static func mayHelp(_ old: KubernetesObject, _ new: KubernetesObject) -> Bool {
        old.status["allocatable"] != new.status["allocatable"] || old.status["capacity"] != new.status["capacity"]
            || old.spec["taints"] != new.spec["taints"] || old.spec["unschedulable"] != new.spec["unschedulable"]
            || old.labels != new.labels
    }

    /// Only its status changed, which we may have written ourselves.
    private static func asksTheSame(_ old: KubernetesObject, _ new: KubernetesObject) -> Bool {
        old.uid == new.uid && old.spec == new.spec && old.labels == new.labels
    }
}
