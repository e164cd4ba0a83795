import Documents
import KubernetesAPI

struct PodStrategy: Strategy {
    let resource = APIResource.pods
    let countsGenerations = true

    func applyDefaults(to pod: inout KubernetesObject) {
        PodDefaults.apply(toSpec: &pod.spec)
        PodDefaults.apply(toPodSpec: &pod.spec)
    }

    func prepareForCreate(_ pod: inout KubernetesObject) {
        var status: JSONValue = ["phase": "Pending"]
        status["qosClass"] = .string(QualityOfService.of(pod).rawValue)
        pod.status = status
    }

    func validate(_ pod: KubernetesObject) -> [FieldError] {
        var validation = PodSpecValidation()
        validation.validate(pod.spec, at: "spec")
        return validation.errors
    }

    func validateUpdate(of pod: KubernetesObject, from old: KubernetesObject) -> [FieldError] {
        PodUpdateValidation.errors(in: pod, from: old)
    }

    func prepareForStatusUpdate(_ pod: inout KubernetesObject, from old: KubernetesObject) {
        if pod.status["qosClass"] == nil { pod.status["qosClass"] = old.status["qosClass"] }
    }

    func gracePeriod(for pod: KubernetesObject, requested: Int?) -> Int? {
        var period = requested ?? pod.spec["terminationGracePeriodSeconds"]?.int ?? 30
        // Nothing runs that would need time to stop.
        if pod.spec.text("nodeName").isEmpty { period = 0 }
        if ["Succeeded", "Failed"].contains(pod.status.text("phase")) { period = 0 }
        return period < 0 ? 1 : period
    }

    var selectableFields: [String] {
        [
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
            "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName",
        ]
    }

    func value(ofField field: String, in pod: KubernetesObject) -> String {
        if field == "spec.hostNetwork" { return pod.spec["hostNetwork"]?.bool == true ? "true" : "false" }
        return pod.document.at(field.split(separator: ".").map(String.init))?.string ?? ""
    }
}
