import KubernetesAPI

/// Which of the objects in a namespace belong to a controller (kube-controller-manager's `ControllerRefManager`).
struct ObjectClaim: Sendable, Equatable {
    /// Owned and matching, those to be adopted among them.
    var claimed: [KubernetesObject] = []
    /// Owned by nobody, and matching.
    var toAdopt: [KubernetesObject] = []
    /// Owned, but their labels do not match any more.
    var toRelease: [KubernetesObject] = []

    /// - Parameter candidates: objects of the owner's namespace.
    static func decide(owner: KubernetesObject, selector: LabelSelector, candidates: [KubernetesObject]) -> ObjectClaim
    {
        var claim = ObjectClaim()
        // An empty selector would claim everything; validation refuses it, and so do we.
        guard !selector.requirements.isEmpty else { return claim }
        for candidate in candidates {
            if let controller = candidate.controller {
                guard controller.uid == owner.uid else { continue }
                if selector.matches(candidate.labels) {
                    claim.claimed.append(candidate)
                } else if !owner.isBeingDeleted, !candidate.isBeingDeleted {
                    claim.toRelease.append(candidate)
                }
            } else if !owner.isBeingDeleted, !candidate.isBeingDeleted, selector.matches(candidate.labels) {
                claim.toAdopt.append(candidate)
                claim.claimed.append(candidate)
            }
        }
        return claim
    }
}
