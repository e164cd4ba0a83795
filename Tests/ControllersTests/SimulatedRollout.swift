import Documents
import KubernetesAPI

@testable import Controllers

/// A Deployment whose ReplicaSets do at once what is asked of them, and whose Pods become ready by dice.
struct SimulatedRollout {
    struct Set {
        var object: KubernetesObject
        var pods: Int
        var available: Int
        var size: Int { ReplicaSetView(object).desiredReplicas }
    }

    private(set) var deployment: KubernetesObject
    private(set) var sets: [Set] = []

    /// - Parameter sets: image, size and available Pods of the ReplicaSets, oldest first.
    init(_ deployment: KubernetesObject, _ sets: [(image: String, size: Int, available: Int)]) {
        self.deployment = deployment
        for (image, size, available) in sets {
            var object = KubernetesObject(.replicaSets, namespace: "default", name: "web-\(self.sets.count)")
            object.spec = ["replicas": .integer(size), "template": makeTemplate("web", image: image)]
            add(object, pods: size, available: available)
        }
        annotateSizes()
    }

    private mutating func add(_ object: KubernetesObject, pods: Int, available: Int) {
        var object = object
        object.metadata["uid"] = .string("set-\(sets.count)")
        object.metadata["creationTimestamp"] = .string((testEpoch + .seconds(sets.count)).text)
        sets.append(Set(object: object, pods: pods, available: available))
        report()
    }

    /// What the ReplicaSet controller would write.
    private mutating func report() {
        for index in sets.indices {
            sets[index].object.status = [
                "replicas": .integer(sets[index].pods), "readyReplicas": .integer(sets[index].available),
                "availableReplicas": .integer(sets[index].available),
            ]
        }
    }

    mutating func annotateSizes() {
        let view = DeploymentView(deployment)
        for index in sets.indices {
            sets[index].object.annotations[DeploymentAnnotation.desiredReplicas] = String(view.desiredReplicas)
            sets[index].object.annotations[DeploymentAnnotation.maxReplicas] = String(
                view.desiredReplicas + view.maxSurge)
        }
    }

    var totalSize: Int { sets.reduce(0) { $0 + $1.size } }
    var totalAvailable: Int { sets.reduce(0) { $0 + $1.available } }

    var limits: (fewest: Int, most: Int) {
        let view = DeploymentView(deployment)
        return (view.desiredReplicas - view.maxUnavailable, view.desiredReplicas + view.maxSurge)
    }

    var isComplete: Bool {
        let desired = DeploymentView(deployment).desiredReplicas
        return sets.allSatisfy { set in
            let isNew =
                DeploymentDecision.template(of: ReplicaSetView(set.object)) == DeploymentView(deployment).template
            return set.size == (isNew ? desired : 0) && set.available == set.size && set.pods == set.size
        }
    }

    mutating func scale(to replicas: Int) {
        deployment.spec["replicas"] = .integer(replicas)
    }

    mutating func set(image: String) {
        deployment.spec["template"] = makeTemplate("web", image: image)
    }

    mutating func decide() {
        report()
        let decision = DeploymentDecision.decide(
            DeploymentObservation(
                deployment: deployment, replicaSets: sets.map(\.object), now: testEpoch + .seconds(1000)))
        for action in decision.actions {
            switch action {
            case .createReplicaSet(let object): add(object, pods: 0, available: 0)
            case .updateReplicaSet(let object, _, _):
                if let index = sets.firstIndex(where: { $0.object.uid == object.uid }) { sets[index].object = object }
            case .deleteReplicaSet(let object): sets.removeAll { $0.object.uid == object.uid }
            case .updateStatus(let result): deployment = result
            }
        }
    }

    /// Pods come and go; those that are not available go first.
    mutating func followSizes() {
        for index in sets.indices {
            sets[index].pods = sets[index].size
            sets[index].available = min(sets[index].available, sets[index].size)
        }
    }

    mutating func becomeReady(probability: Double, using random: inout SplitMix) {
        for index in sets.indices {
            for _ in sets[index].available..<max(sets[index].available, sets[index].pods)
            where Double.random(in: 0..<1, using: &random) < probability { sets[index].available += 1 }
        }
    }

    mutating func fail(probability: Double, using random: inout SplitMix) {
        for index in sets.indices {
            for _ in 0..<sets[index].available where Double.random(in: 0..<1, using: &random) < probability {
                sets[index].available -= 1
            }
        }
    }
}

/// A small generator that gives the same numbers for the same seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
