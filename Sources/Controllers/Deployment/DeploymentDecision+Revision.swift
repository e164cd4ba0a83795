import Documents
import KubernetesAPI

extension DeploymentDecision {
    /// Finds or makes the ReplicaSet of the present template and numbers it one above all others.
    mutating func syncRevision(creating: Bool) {
        let newest = oldSetIndexes.map { DeploymentAnnotation.revision(of: sets[$0].object) }.max() ?? 0
        let revision = newest + 1
        if let newSetIndex {
            annotateNewSet(newSetIndex, revision: revision)
            let number = DeploymentAnnotation.revision(of: sets[newSetIndex].object)
            note(revision: number)
            if deployment.progressDeadline != nil, result.condition("Progressing") == nil {
                setProgress(
                    .yes, "FoundNewReplicaSet", "Found new replica set \"\(sets[newSetIndex].name)\"")
            }
        } else if creating {
            let set = makeReplicaSet(revision: revision)
            add(.createReplicaSet(set))
            note(revision: revision)
            sets.append(ReplicaSetView(set))
            newSetIndex = sets.count - 1
            if deployment.progressDeadline != nil {
                setProgress(.yes, "NewReplicaSetCreated", "Created new replica set \"\(set.name)\"")
            }
        }
    }

    private mutating func note(revision: Int) {
        result.metadata["annotations", default: [:]][DeploymentAnnotation.revision] = .string(String(revision))
    }

    private mutating func annotateNewSet(_ index: Int, revision: Int) {
        var annotations = sets[index].object.annotations
        for (key, value) in observed.deployment.annotations where !DeploymentAnnotation.own.contains(key) {
            annotations[key] = value
        }
        let present = DeploymentAnnotation.revision(of: sets[index].object)
        if present < revision {
            annotations[DeploymentAnnotation.revision] = String(revision)
            if present > 0 {
                // A template that comes back keeps the numbers it had before.
                let history = annotations[DeploymentAnnotation.revisionHistory].map { "\($0)," } ?? ""
                annotations[DeploymentAnnotation.revisionHistory] = history + String(present)
            }
        }
        sets[index].object.annotations = annotations
        if sets[index].minReadySeconds != deployment.minReadySeconds {
            sets[index].object.spec["minReadySeconds"] =
                deployment.minReadySeconds == 0 ? nil : .integer(deployment.minReadySeconds)
        }
    }

    private func makeReplicaSet(revision: Int) -> KubernetesObject {
        let hash = PodTemplateHash.of(deployment.template, collisions: deployment.status("collisionCount"))
        var template = deployment.template
        template.set("metadata", "labels", podTemplateHashLabel, to: .string(hash))
        var selector = deployment.selectorDocument
        selector.set("matchLabels", podTemplateHashLabel, to: .string(hash))

        var set = KubernetesObject(
            .replicaSets, namespace: observed.deployment.namespace, name: "\(deployment.name)-\(hash)")
        set.labels = KubernetesObject(template).labels
        var annotations = observed.deployment.annotations.filter { !DeploymentAnnotation.own.contains($0.key) }
        annotations[DeploymentAnnotation.revision] = String(revision)
        annotations[DeploymentAnnotation.desiredReplicas] = String(deployment.desiredReplicas)
        annotations[DeploymentAnnotation.maxReplicas] = String(deployment.desiredReplicas + deployment.maxSurge)
        set.annotations = annotations
        set.ownerReferences = [OwnerReference(controller: observed.deployment)]
        set.spec = [
            "replicas": .integer(sizeOfNewSet(present: 0)), "selector": selector, "template": template,
        ]
        if deployment.minReadySeconds > 0 { set.spec["minReadySeconds"] = .integer(deployment.minReadySeconds) }
        return set
    }

    /// Gives up the oldest ReplicaSets that are empty and of which more are kept than `revisionHistoryLimit`.
    mutating func cleanUpHistory() {
        let old = oldSetIndexes.map { sets[$0] }.filter { !$0.object.isBeingDeleted }
        let surplus = old.count - deployment.revisionHistoryLimit
        guard surplus > 0 else { return }
        let byRevision = old.sorted {
            DeploymentAnnotation.revision(of: $0.object) < DeploymentAnnotation.revision(of: $1.object)
        }
        for set in byRevision.prefix(surplus)
        where set.replicas == 0 && set.desiredReplicas == 0 && set.object.generation <= set.observedGeneration {
            add(.deleteReplicaSet(set.object))
        }
    }
}
