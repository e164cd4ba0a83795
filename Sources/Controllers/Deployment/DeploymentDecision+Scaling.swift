import KubernetesAPI

extension DeploymentDecision {
    private var totalSize: Int { sets.reduce(0) { $0 + $1.desiredReplicas } }
    private var totalAvailable: Int { sets.reduce(0) { $0 + $1.availableReplicas } }
    private var minimumAvailable: Int { deployment.desiredReplicas - deployment.maxUnavailable }

    /// How large the new ReplicaSet may be now (`NewRSNewReplicas`).
    func sizeOfNewSet(present: Int) -> Int {
        guard deployment.isRollingUpdate else { return deployment.desiredReplicas }
        let room = deployment.desiredReplicas + deployment.maxSurge - totalSize
        guard room > 0 else { return present }
        return present + min(room, deployment.desiredReplicas - present)
    }

    /// - Returns: whether its size changed.
    mutating func growNewSet() -> Bool {
        guard let newSetIndex else { return false }
        let present = sets[newSetIndex].desiredReplicas
        guard present != deployment.desiredReplicas else { return false }
        let size =
            present > deployment.desiredReplicas ? deployment.desiredReplicas : sizeOfNewSet(present: present)
        guard size != present else { return false }
        scale(newSetIndex, to: size)
        return true
    }

    /// Takes from the old ReplicaSets what the new one makes dispensable: first Pods that are not available anyway,
    /// then available ones down to the minimum.
    /// - Returns: whether any size changed.
    mutating func shrinkOldSets() -> Bool {
        guard oldSetIndexes.contains(where: { sets[$0].desiredReplicas > 0 }) else { return false }
        let newUnavailable = newSetIndex.map { sets[$0].desiredReplicas - sets[$0].availableReplicas } ?? 0
        let limit = totalSize - minimumAvailable - newUnavailable
        guard limit > 0 else { return false }

        var hasShrunk = false
        var removed = 0
        for index in oldSetIndexes where removed < limit {
            let set = sets[index]
            let unavailable = set.desiredReplicas - set.availableReplicas
            guard set.desiredReplicas > 0, unavailable > 0 else { continue }
            let step = min(limit - removed, unavailable)
            scale(index, to: set.desiredReplicas - step)
            removed += step
            hasShrunk = true
        }

        var spare = totalAvailable - minimumAvailable
        for index in oldSetIndexes where spare > 0 && sets[index].desiredReplicas > 0 {
            let step = min(sets[index].desiredReplicas, spare)
            scale(index, to: sets[index].desiredReplicas - step)
            spare -= step
            hasShrunk = true
        }
        return hasShrunk
    }

    /// Follows a change of `spec.replicas` while keeping the shares of the ReplicaSets, so that scaling during an update
    /// does not bet everything on a template that may be broken.
    mutating func scaleProportionally() {
        if let only = activeOrLatest {
            if sets[only].desiredReplicas != deployment.desiredReplicas {
                scale(only, to: deployment.desiredReplicas)
            } else {
                annotateSize(only)
            }
            return
        }
        if let newSetIndex, isSaturated(newSetIndex) {
            for index in oldSetIndexes where sets[index].desiredReplicas > 0 { scale(index, to: 0) }
            return
        }
        if deployment.isRollingUpdate {
            spreadDifference()
        } else {
            // `Recreate` empties the old ones as soon as the change of size has been noted.
            for index in sets.indices where sets[index].desiredReplicas > 0 { annotateSize(index) }
        }
    }

    /// The one ReplicaSet with Pods; without any, the new or the latest; nil where several have Pods.
    private var activeOrLatest: Int? {
        let active = sets.indices.filter { sets[$0].desiredReplicas > 0 }
        switch active.count {
        case 0: return newSetIndex ?? oldSetIndexes.last
        case 1: return active[0]
        default: return nil
        }
    }

    private func isSaturated(_ index: Int) -> Bool {
        let set = sets[index]
        return set.desiredReplicas == deployment.desiredReplicas
            && DeploymentAnnotation.number(DeploymentAnnotation.desiredReplicas, of: set.object)
                == deployment.desiredReplicas
            && set.availableReplicas == deployment.desiredReplicas
    }

    private mutating func spreadDifference() {
        let allowed = deployment.desiredReplicas > 0 ? deployment.desiredReplicas + deployment.maxSurge : 0
        let active = sets.indices.filter { sets[$0].desiredReplicas > 0 }
        let toAdd = allowed - active.reduce(0) { $0 + sets[$1].desiredReplicas }
        // What is added goes to the larger and newer first, what is taken comes from the larger and older first.
        let ordered = active.sorted { left, right in
            let (leftSize, rightSize) = (sets[left].desiredReplicas, sets[right].desiredReplicas)
            if leftSize != rightSize { return leftSize > rightSize }
            return toAdd > 0 ? left > right : left < right
        }
        var added = 0
        var sizes: [(index: Int, size: Int)] = []
        for index in ordered {
            let share = toAdd == 0 ? 0 : proportion(of: index, toAdd: toAdd, added: added)
            added += share
            sizes.append((index, sets[index].desiredReplicas + share))
        }
        if let largest = sizes.first, toAdd != 0 {
            sizes[0].size = max(0, largest.size + toAdd - added)
        }
        for (index, size) in sizes { scale(index, to: size) }
    }

    private func proportion(of index: Int, toAdd: Int, added: Int) -> Int {
        guard toAdd != added else { return 0 }
        let fraction = fractionToAdd(to: index)
        let rest = toAdd - added
        return toAdd > 0 ? min(fraction, rest) : max(fraction, rest)
    }

    /// What would keep the share that the ReplicaSet had of the largest size allowed before.
    private func fractionToAdd(to index: Int) -> Int {
        let size = sets[index].desiredReplicas
        guard deployment.desiredReplicas > 0 else { return -size }
        let bound = DeploymentAnnotation.number(DeploymentAnnotation.maxReplicas, of: sets[index].object) ?? 0
        let boundBefore = bound > 0 ? bound : max(1, deployment.status("replicas"))
        let scaled = Double(size * (deployment.desiredReplicas + deployment.maxSurge)) / Double(boundBefore)
        return Int(scaled.rounded(.toNearestOrAwayFromZero)) - size
    }
}
