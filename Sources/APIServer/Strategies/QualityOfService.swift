import Documents
import KubernetesAPI

/// The class by which a node under pressure picks its victims: it follows from requests and limits
/// (<https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/>).
enum QualityOfService: String {
    case guaranteed = "Guaranteed"
    case burstable = "Burstable"
    case bestEffort = "BestEffort"

    static func of(_ pod: KubernetesObject) -> QualityOfService {
        let containers = pod.spec.elements("initContainers") + pod.spec.elements("containers")
        var isAnySet = false
        var isGuaranteed = true
        for container in containers {
            for resource in ["cpu", "memory"] {
                let request = nonZero(container.at("resources", "requests", resource))
                let limit = nonZero(container.at("resources", "limits", resource))
                if request != nil || limit != nil { isAnySet = true }
                if limit == nil || request != limit { isGuaranteed = false }
            }
        }
        if !isAnySet { return .bestEffort }
        return isGuaranteed ? .guaranteed : .burstable
    }

    private static func nonZero(_ value: JSONValue?) -> Quantity? {
        guard let quantity = value.flatMap(Quantity.init(document:)), !quantity.isZero else { return nil }
        return quantity
    }
}
