import Documents
import KubernetesAPI

/// What may change in a Pod once it exists: next to nothing, since a running container cannot be rebuilt in place.
enum PodUpdateValidation {
    static func errors(in pod: KubernetesObject, from old: KubernetesObject) -> [FieldError] {
        var errors: [FieldError] = []
        for list in ["containers", "initContainers"]
        where pod.spec.elements(list).count != old.spec.elements(list).count {
            errors.append(.forbidden("spec.\(list)", "pod updates may not add or remove containers"))
        }
        if !errors.isEmpty { return errors }

        var validation = PodSpecValidation()
        validation.validate(pod.spec, at: "spec")
        errors += validation.errors

        let before = old.spec["activeDeadlineSeconds"]?.int
        let after = pod.spec["activeDeadlineSeconds"]?.int
        if let before {
            if after == nil {
                errors.append(
                    .invalid(
                        "spec.activeDeadlineSeconds", .null, "must not update from a positive integer to nil value"))
            } else if let after, after > before {
                errors.append(
                    .invalid(
                        "spec.activeDeadlineSeconds", .integer(after),
                        "must be less than or equal to previous value"))
            }
        }
        let kept = pod.spec.elements("tolerations").map(withoutSeconds)
        if !old.spec.elements("tolerations").map(withoutSeconds).allSatisfy(kept.contains) {
            errors.append(
                .forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"))
        }

        // What may change is put as it was; whatever differs then may not.
        var comparable = pod.spec
        comparable["activeDeadlineSeconds"] = old.spec["activeDeadlineSeconds"]
        comparable["tolerations"] = old.spec["tolerations"]
        if (old.spec["terminationGracePeriodSeconds"]?.int ?? 0) < 0,
            comparable["terminationGracePeriodSeconds"]?.int == 1
        {
            comparable["terminationGracePeriodSeconds"] = old.spec["terminationGracePeriodSeconds"]
        }
        for list in ["containers", "initContainers"] {
            let images = old.spec.elements(list).map { $0["image"] }
            var index = 0
            comparable.changeElements(of: list) { container in
                container["image"] = images[index]
                index += 1
            }
        }
        let differences = DocumentDifference.lines(from: old.spec, to: comparable)
        if !differences.isEmpty {
            errors.append(
                .forbidden(
                    "spec",
                    "pod updates may not change fields other than `spec.containers[*].image`,"
                        + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions "
                        + "to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
                        + "previously negative)\n" + differences.joined(separator: "\n")))
        }
        return errors
    }

    private static func withoutSeconds(_ toleration: JSONValue) -> JSONValue {
        var toleration = toleration
        toleration["tolerationSeconds"] = nil
        return toleration
    }
}
