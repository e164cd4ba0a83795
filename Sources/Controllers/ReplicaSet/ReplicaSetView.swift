import Documents
import KubernetesAPI

/// A ReplicaSet's document, read.
struct ReplicaSetView: Sendable, Hashable {
    var object: KubernetesObject

    init(_ object: KubernetesObject) {
        self.object = object
    }

    var name: String { object.name }
    var desiredReplicas: Int { object.document.at("spec", "replicas")?.int ?? 1 }
    var minReadySeconds: Int { object.document.at("spec", "minReadySeconds")?.int ?? 0 }
    var template: JSONValue { object.document.at("spec", "template") ?? [:] }
    var selector: LabelSelector { LabelSelector(document: object.document.at("spec", "selector") ?? [:]) }
    var observedGeneration: Int { object.document.at("status", "observedGeneration")?.int ?? 0 }

    /// Pods that exist, as its controller last counted them.
    var replicas: Int { object.document.at("status", "replicas")?.int ?? 0 }
    var readyReplicas: Int { object.document.at("status", "readyReplicas")?.int ?? 0 }
    var availableReplicas: Int { object.document.at("status", "availableReplicas")?.int ?? 0 }
}
