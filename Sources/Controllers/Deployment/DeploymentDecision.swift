import Documents
import KubernetesAPI

/// What a Deployment's controller sees.
struct DeploymentObservation: Sendable {
    var deployment: KubernetesObject
    /// The ReplicaSets it owns.
    var replicaSets: [KubernetesObject]
    /// Pods of its ReplicaSets that have not ended, by the uid of their ReplicaSet: only `Recreate` looks at them.
    var livePods: [String: Int] = [:]
    var now: Timestamp
}

enum DeploymentAction: Sendable, Equatable {
    case createReplicaSet(KubernetesObject)
    /// Writes a ReplicaSet, of which perhaps the size changed.
    case updateReplicaSet(KubernetesObject, from: Int, to: Int)
    case deleteReplicaSet(KubernetesObject)
    /// The status, and the annotation with the revision: both through the status subresource, since a change of
    /// annotations through the main one would count as a new generation.
    case updateStatus(KubernetesObject)
}

/// What a Deployment's controller does next (kube-controller-manager's `pkg/controller/deployment`).
///
/// One call takes one step: it looks at the counts the ReplicaSets report, moves sizes as far as the limits allow, and
/// writes what it saw into the status. The next change of a ReplicaSet calls for the next step.
struct DeploymentDecision: Sendable {
    /// What to do, in this order.
    private(set) var actions: [DeploymentAction] = []
    /// When to look again though nothing changes: the progress deadline.
    private(set) var lookAgain: Duration?

    let observed: DeploymentObservation
    let deployment: DeploymentView
    /// As they will be when the actions are done.
    var sets: [ReplicaSetView]
    var newSetIndex: Int?
    /// The Deployment with the status as far as it has been worked out.
    var result: KubernetesObject
    private var sizesBefore: [String: Int] = [:]

    static func decide(_ observed: DeploymentObservation) -> DeploymentDecision {
        var decision = DeploymentDecision(observed)
        decision.run()
        return decision
    }

    private init(_ observed: DeploymentObservation) {
        self.observed = observed
        deployment = DeploymentView(observed.deployment)
        result = observed.deployment
        sets = observed.replicaSets.map(ReplicaSetView.init).sorted(by: Self.isOlder)
        newSetIndex = sets.firstIndex { Self.template(of: $0) == deployment.template }
        for set in sets { sizesBefore[set.object.uid] = set.desiredReplicas }
    }

    private mutating func run() {
        if observed.deployment.isBeingDeleted { return finish(Self.plainStatus) }
        notePauseOrResume()
        if deployment.isPaused {
            syncRevision(creating: false)
            scaleProportionally()
            cleanUpHistory()
            return finish(Self.plainStatus)
        }
        if wasScaled {
            syncRevision(creating: false)
            scaleProportionally()
            return finish(Self.plainStatus)
        }
        if deployment.isRollingUpdate { rollForward() } else { recreate() }
        finish(Self.rolloutStatus)
    }

    /// The spec was scaled since the ReplicaSets were last sized.
    private var wasScaled: Bool {
        sets.contains { set in
            set.desiredReplicas > 0
                && DeploymentAnnotation.number(DeploymentAnnotation.desiredReplicas, of: set.object).map {
                    $0 != deployment.desiredReplicas
                } ?? false
        }
    }

    private mutating func rollForward() {
        syncRevision(creating: true)
        if growNewSet() { return }
        if shrinkOldSets() { return }
        if Self.isComplete(result, self) { cleanUpHistory() }
    }

    private mutating func recreate() {
        syncRevision(creating: false)
        var hasShrunk = false
        for index in oldSetIndexes where sets[index].desiredReplicas > 0 {
            scale(index, to: 0)
            hasShrunk = true
        }
        if hasShrunk || oldPodsAreAlive { return }
        syncRevision(creating: true)
        if let newSetIndex { scale(newSetIndex, to: deployment.desiredReplicas) }
        if Self.isComplete(result, self) { cleanUpHistory() }
    }

    private var oldPodsAreAlive: Bool {
        oldSetIndexes.contains { sets[$0].replicas > 0 || (observed.livePods[sets[$0].object.uid] ?? 0) > 0 }
    }

    // MARK: Bookkeeping of actions

    mutating func add(_ action: DeploymentAction) { actions.append(action) }

    mutating func setLookAgain(_ wait: Duration?) { lookAgain = wait }

    /// Writes the new size, and the bounds it was reckoned with, into the working copy.
    mutating func scale(_ index: Int, to size: Int) {
        sets[index].object.spec["replicas"] = .integer(size)
        annotateSize(index)
    }

    mutating func annotateSize(_ index: Int) {
        var annotations = sets[index].object.annotations
        annotations[DeploymentAnnotation.desiredReplicas] = String(deployment.desiredReplicas)
        annotations[DeploymentAnnotation.maxReplicas] = String(deployment.desiredReplicas + deployment.maxSurge)
        sets[index].object.annotations = annotations
    }

    /// Turns the difference between the working copies and what was observed into actions, then the status.
    private mutating func finish(_ status: (inout DeploymentDecision) -> Void) {
        for set in sets {
            guard let before = observed.replicaSets.first(where: { $0.uid == set.object.uid }), before != set.object,
                !isDeleted(set)
            else { continue }
            actions.append(
                .updateReplicaSet(
                    set.object, from: sizesBefore[set.object.uid] ?? 0, to: set.desiredReplicas))
        }
        status(&self)
        if result != observed.deployment { actions.append(.updateStatus(result)) }
    }

    private func isDeleted(_ set: ReplicaSetView) -> Bool {
        actions.contains { action in
            if case .deleteReplicaSet(let gone) = action { gone.uid == set.object.uid } else { false }
        }
    }

    var oldSetIndexes: [Int] { sets.indices.filter { $0 != newSetIndex } }

    private static func isOlder(_ left: ReplicaSetView, _ right: ReplicaSetView) -> Bool {
        let leftTime = left.object.creationTimestamp ?? ""
        let rightTime = right.object.creationTimestamp ?? ""
        return leftTime == rightTime ? left.name < right.name : leftTime < rightTime
    }

    /// The template as the Deployment wrote it, without the label that was added.
    static func template(of set: ReplicaSetView) -> JSONValue {
        var template = set.template
        var labels = template.at("metadata", "labels")?.object
        labels?[podTemplateHashLabel] = nil
        if let labels { template.set("metadata", "labels", to: labels.isEmpty ? nil : .object(labels)) }
        return template
    }
}
