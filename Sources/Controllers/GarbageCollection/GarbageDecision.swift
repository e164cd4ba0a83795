import KubernetesAPI

/// What has become of an owner that an object refers to.
enum OwnerState: Sendable, Equatable {
    case present
    /// It is being deleted in the foreground: it stays until its dependents are gone.
    case waitingForDependents
    /// There is no object of that uid.
    case absent
}

/// What the garbage collector sees of one object.
struct GarbageObservation: Sendable {
    var object: KubernetesObject
    /// The owners, in the order of the object's references.
    var owners: [OwnerState]
    /// The objects that refer to it.
    var dependents: [KubernetesObject]
}

enum GarbageAction: Sendable, Equatable {
    case delete(DeleteOptions.Propagation)
    /// Forgets these owners.
    case removeOwnerReferences(uids: [String])
    /// Its dependents forget it, then it loses the `orphan` finalizer.
    case orphanDependents
    /// Its dependents are gone: it loses the `foregroundDeletion` finalizer.
    case finishForegroundDeletion
}

/// Cleaning up by owner references (`pkg/controller/garbagecollector`).
enum GarbageDecision {
    static let foregroundFinalizer = "foregroundDeletion"
    static let orphanFinalizer = "orphan"

    static func decide(_ observed: GarbageObservation) -> [GarbageAction] {
        let object = observed.object
        if object.isBeingDeleted {
            if object.finalizers.contains(orphanFinalizer) { return [.orphanDependents] }
            if isWaitingForDependents(object) {
                let blocking = observed.dependents.contains { dependent in
                    dependent.ownerReferences.contains { $0.uid == object.uid && $0.blocksOwnerDeletion }
                }
                return blocking ? [] : [.finishForegroundDeletion]
            }
            return []
        }
        guard !observed.owners.isEmpty else { return [] }
        let references = zip(object.ownerReferences, observed.owners)
        if observed.owners.contains(.present) {
            let useless = references.filter { $0.1 != .present }.map(\.0.uid)
            return useless.isEmpty ? [] : [.removeOwnerReferences(uids: useless)]
        }
        if observed.owners.contains(.waitingForDependents), !observed.dependents.isEmpty {
            return [.delete(.foreground)]
        }
        if object.finalizers.contains(orphanFinalizer) { return [.delete(.orphan)] }
        return [.delete(object.finalizers.contains(foregroundFinalizer) ? .foreground : .background)]
    }

    static func isWaitingForDependents(_ object: KubernetesObject) -> Bool {
        object.isBeingDeleted && object.finalizers.contains(foregroundFinalizer)
    }
}
