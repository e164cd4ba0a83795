import Documents
import KubernetesAPI

/// What Deployments and ReplicaSets have in common: a selector and a template that belong together.
enum WorkloadRules {
    static func applyDefaults(to workload: inout KubernetesObject) {
        workload.spec.setDefault("replicas", 1)
        guard workload.spec.at("template", "spec")?.object != nil else { return }
        PodDefaults.apply(toSpec: &workload.spec["template", default: [:]]["spec", default: [:]])
    }

    static func errors(inSpec spec: JSONValue) -> [FieldError] {
        var errors: [FieldError] = []
        for member in ["replicas", "minReadySeconds", "revisionHistoryLimit"] {
            guard let value = spec[member], let number = value.int, number < 0 else { continue }
            errors.append(.invalid("spec.\(member)", value, "must be greater than or equal to 0"))
        }
        let selector = spec["selector"].flatMap { $0.object == nil ? nil : $0 }
        if let selector {
            errors += LabelValidation.errors(inSelector: selector, at: "spec.selector")
            if LabelSelector(document: selector).requirements.isEmpty {
                errors.append(.invalid("spec.selector", selector, "empty selector is invalid for deployment"))
            }
        } else {
            errors.append(.required("spec.selector"))
        }
        guard let template = spec["template"], template.object != nil else {
            errors.append(.required("spec.template"))
            return errors
        }
        let labels = KubernetesObject(template).labels
        let isMatch = selector.map { LabelSelector(document: $0).matches(labels) } ?? false
        if !isMatch {
            errors.append(
                .invalid(
                    "spec.template.metadata.labels", template.at("metadata", "labels") ?? [:],
                    "`selector` does not match template `labels`"))
        }
        errors += LabelValidation.errors(
            inLabels: template.at("metadata", "labels"), at: "spec.template.metadata.labels")
        errors += LabelValidation.errors(
            inAnnotations: template.at("metadata", "annotations"), at: "spec.template.metadata.annotations")
        let podSpec = template["spec"] ?? [:]
        var validation = PodSpecValidation()
        validation.validate(podSpec, at: "spec.template.spec")
        errors += validation.errors
        let policy = podSpec.text("restartPolicy")
        if ["OnFailure", "Never"].contains(policy) {
            errors.append(.notSupported("spec.template.spec.restartPolicy", .string(policy), ["Always"]))
        }
        if podSpec["activeDeadlineSeconds"]?.int != nil {
            errors.append(
                .forbidden(
                    "spec.template.spec.activeDeadlineSeconds", "activeDeadlineSeconds in ReplicaSet is not Supported"))
        }
        return errors
    }

    static func errors(inSelectorOf spec: JSONValue, from old: JSONValue) -> [FieldError] {
        if spec["selector"] == old["selector"] { return [] }
        return [.invalid("spec.selector", spec["selector"] ?? .null, "field is immutable")]
    }

    static func errors(inStatus status: JSONValue, _ counts: [String]) -> [FieldError] {
        var errors: [FieldError] = []
        for member in counts {
            guard let value = status[member], let number = value.int, number < 0 else { continue }
            errors.append(.invalid("status.\(member)", value, "must be greater than or equal to 0"))
        }
        let replicas = status["replicas"]?.int ?? 0
        for member in counts.dropFirst() {
            guard let value = status[member], let number = value.int, number > replicas else { continue }
            errors.append(.invalid("status.\(member)", value, "cannot be greater than status.replicas"))
        }
        if let ready = status["readyReplicas"]?.int ?? .some(0), let value = status["availableReplicas"],
            let available = value.int, available > ready
        {
            errors.append(.invalid("status.availableReplicas", value, "cannot be greater than readyReplicas"))
        }
        return errors
    }
}
