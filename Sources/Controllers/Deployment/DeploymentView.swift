import Documents
import KubernetesAPI

/// A Deployment's document, read.
struct DeploymentView: Sendable, Hashable {
    var object: KubernetesObject

    init(_ object: KubernetesObject) {
        self.object = object
    }

    var name: String { object.name }
    var desiredReplicas: Int { object.document.at("spec", "replicas")?.int ?? 1 }
    var minReadySeconds: Int { object.document.at("spec", "minReadySeconds")?.int ?? 0 }
    var isPaused: Bool { object.document.at("spec", "paused")?.bool ?? false }
    var template: JSONValue { object.document.at("spec", "template") ?? [:] }
    var selectorDocument: JSONValue { object.document.at("spec", "selector") ?? [:] }
    var selector: LabelSelector { LabelSelector(document: selectorDocument) }
    var revisionHistoryLimit: Int { object.document.at("spec", "revisionHistoryLimit")?.int ?? 10 }
    var isRollingUpdate: Bool { object.document.at("spec", "strategy", "type")?.string != "Recreate" }

    /// Nil where progress is not watched (the largest 32-bit number stands for that).
    var progressDeadline: Duration? {
        let seconds = object.document.at("spec", "progressDeadlineSeconds")?.int ?? 600
        return seconds == Int(Int32.max) ? nil : .seconds(seconds)
    }

    /// How many Pods more than desired may exist during an update.
    var maxSurge: Int { isRollingUpdate ? fences.surge : 0 }

    /// How many Pods fewer than desired may be available during an update.
    var maxUnavailable: Int {
        guard isRollingUpdate, desiredReplicas > 0 else { return 0 }
        return min(fences.unavailable, desiredReplicas)
    }

    /// A share of surge is rounded up and one of unavailability down; where both come to nothing an update could never
    /// move, so that one Pod may then be unavailable (`ResolveFenceposts`).
    private var fences: (surge: Int, unavailable: Int) {
        let rolling = object.document.at("spec", "strategy", "rollingUpdate")
        let surge = (rolling["maxSurge"].flatMap(IntOrPercent.init(document:)) ?? .percent(25))
            .resolved(of: desiredReplicas, roundingUp: true)
        let unavailable = (rolling["maxUnavailable"].flatMap(IntOrPercent.init(document:)) ?? .percent(25))
            .resolved(of: desiredReplicas, roundingUp: false)
        return surge == 0 && unavailable == 0 ? (0, 1) : (surge, unavailable)
    }

    func status(_ member: String) -> Int { object.document.at("status", member)?.int ?? 0 }

    /// `deployment.kubernetes.io/revision`
    var revision: Int { DeploymentAnnotation.revision(of: object) }
}

/// Annotations by which the Deployment controller remembers what it did.
enum DeploymentAnnotation {
    static let revision = "deployment.kubernetes.io/revision"
    static let revisionHistory = "deployment.kubernetes.io/revision-history"
    static let desiredReplicas = "deployment.kubernetes.io/desired-replicas"
    static let maxReplicas = "deployment.kubernetes.io/max-replicas"

    /// Not copied from a Deployment to its ReplicaSets.
    static let own: Set<String> = [
        "kubectl.kubernetes.io/last-applied-configuration", revision, revisionHistory, desiredReplicas, maxReplicas,
        "deprecated.deployment.rollback.to",
    ]

    static func revision(of object: KubernetesObject) -> Int { number(revision, of: object) ?? 0 }

    static func number(_ annotation: String, of object: KubernetesObject) -> Int? {
        object.document.at("metadata", "annotations", annotation)?.string.flatMap { Int($0) }
    }
}

/// The label that tells the Pods of a Deployment's ReplicaSets apart.
let podTemplateHashLabel = "pod-template-hash"
