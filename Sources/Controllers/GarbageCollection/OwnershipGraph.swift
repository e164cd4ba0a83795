import ControllerRuntime
import KubernetesAPI

/// Every kind of object that may own or be owned, as the informers know them.
struct OwnershipGraph: Sendable {
    struct Kind: Sendable {
        let resource: APIResource
        let informer: Informer
        let queue: WorkQueue<ObjectKey>
    }

    let kinds: [Kind]

    init(_ context: ControllerContext) {
        kinds = GarbageCollectorReconciler.collected.map { resource in
            Kind(
                resource: resource, informer: context.informers.informer(resource, indexes: [.ownerUID]),
                queue: context.makeQueue())
        }
    }

    /// The objects that name `uid` as an owner.
    func dependents(of uid: String) -> [(kind: Kind, object: KubernetesObject)] {
        kinds.flatMap { kind in kind.informer.lister.list(by: .ownerUID, uid).map { (kind, $0) } }
    }

    func enqueueDependents(of uid: String) {
        for (kind, object) in dependents(of: uid) { kind.queue.add(object.key) }
    }

    func enqueueOwners(of object: KubernetesObject) {
        for owner in object.ownerReferences {
            guard let kind = kind(apiVersion: owner.apiVersion, kind: owner.kind) else { continue }
            kind.queue.add(key(of: owner, kind: kind, dependent: object))
        }
    }

    func kind(apiVersion: String, kind: String) -> Kind? {
        kinds.first { $0.resource.apiVersion == apiVersion && $0.resource.kind == kind }
    }

    /// An owner is cluster-scoped or lives in its dependent's namespace.
    func key(of owner: OwnerReference, kind: Kind, dependent: KubernetesObject) -> ObjectKey {
        ObjectKey(namespace: kind.resource.isNamespaced ? dependent.namespace : "", name: owner.name)
    }

    /// Which change calls for which look.
    func route(_ change: ObjectChange, of kind: Kind) {
        switch change {
        case .added(let object):
            if object.isBeingDeleted || !object.ownerReferences.isEmpty { kind.queue.add(object.key) }
            if GarbageDecision.isWaitingForDependents(object) { enqueueDependents(of: object.uid) }
        case .updated(let old, let new):
            if new.isBeingDeleted || old.ownerReferences != new.ownerReferences { kind.queue.add(new.key) }
            if old.ownerReferences != new.ownerReferences { enqueueOwners(of: old) }
            if GarbageDecision.isWaitingForDependents(new), !GarbageDecision.isWaitingForDependents(old) {
                enqueueDependents(of: new.uid)
            }
        case .deleted(let object):
            enqueueDependents(of: object.uid)
            enqueueOwners(of: object)
        }
    }
}
