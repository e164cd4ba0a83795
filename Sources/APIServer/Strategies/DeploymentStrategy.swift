import Documents
import KubernetesAPI

struct DeploymentStrategy: Strategy {
    let resource = APIResource.deployments
    let countsGenerations = true

    func applyDefaults(to deployment: inout KubernetesObject) {
        WorkloadRules.applyDefaults(to: &deployment)
        deployment.spec.setDefault("strategy", [:])
        deployment.spec["strategy", default: [:]].setDefault("type", "RollingUpdate")
        if deployment.spec.at("strategy", "type") == "RollingUpdate" {
            deployment.spec["strategy", default: [:]].setDefault("rollingUpdate", [:])
            deployment.spec["strategy", default: [:]]["rollingUpdate", default: [:]].setDefault("maxUnavailable", "25%")
            deployment.spec["strategy", default: [:]]["rollingUpdate", default: [:]].setDefault("maxSurge", "25%")
        }
        deployment.spec.setDefault("revisionHistoryLimit", 10)
        deployment.spec.setDefault("progressDeadlineSeconds", 600)
    }

    func prepareForCreate(_ deployment: inout KubernetesObject) {
        deployment.status = [:]
    }

    func validate(_ deployment: KubernetesObject) -> [FieldError] {
        let spec = deployment.spec
        var errors = WorkloadRules.errors(inSpec: spec)
        errors += strategyErrors(in: spec["strategy"] ?? [:])
        if let deadline = spec["progressDeadlineSeconds"], let seconds = deadline.int {
            if seconds < 0 {
                errors.append(
                    .invalid("spec.progressDeadlineSeconds", deadline, "must be greater than or equal to 0"))
            }
            if seconds <= spec["minReadySeconds"]?.int ?? 0 {
                errors.append(
                    .invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"))
            }
        }
        return errors
    }

    func validateUpdate(of deployment: KubernetesObject, from old: KubernetesObject) -> [FieldError] {
        validate(deployment) + WorkloadRules.errors(inSelectorOf: deployment.spec, from: old.spec)
    }

    func validateStatusUpdate(of deployment: KubernetesObject, from old: KubernetesObject) -> [FieldError] {
        WorkloadRules.errors(
            inStatus: deployment.status, ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"])
    }

    private func strategyErrors(in strategy: JSONValue) -> [FieldError] {
        let rolling = strategy["rollingUpdate"].flatMap { $0.object == nil ? nil : $0 }
        switch strategy.text("type") {
        case "Recreate":
            guard rolling != nil else { return [] }
            return [
                .forbidden(
                    "spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")
            ]
        case "RollingUpdate":
            guard let rolling else {
                return [.required("spec.strategy.rollingUpdate", "this should be defaulted and never be nil")]
            }
            var errors: [FieldError] = []
            for member in ["maxUnavailable", "maxSurge"] {
                let value = rolling[member] ?? 0
                if amount(value) == nil {
                    errors.append(
                        .invalid(
                            "spec.strategy.rollingUpdate.\(member)", value,
                            value.string == nil
                                ? "must be greater than or equal to 0"
                                : "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  "
                                    + "or '93%', regex used for validation is '[0-9]+%')"))
                }
            }
            let unavailable = rolling["maxUnavailable"] ?? 0
            if amount(unavailable) == 0, amount(rolling["maxSurge"] ?? 0) == 0 {
                errors.append(
                    .invalid(
                        "spec.strategy.rollingUpdate.maxUnavailable", unavailable,
                        "may not be 0 when `maxSurge` is 0"))
            }
            if let percent = unavailable.string, let number = amount(unavailable), number > 100 {
                errors.append(
                    .invalid(
                        "spec.strategy.rollingUpdate.maxUnavailable", .string(percent), "must not be greater than 100%")
                )
            }
            return errors
        case let other:
            return [.notSupported("spec.strategy.type", .string(other), ["Recreate", "RollingUpdate"])]
        }
    }

    /// The number of `3` or `25%`; nil where it is neither.
    private func amount(_ value: JSONValue) -> Int? {
        if let number = value.int { return number < 0 ? nil : number }
        guard let text = value.string, text.hasSuffix("%"), let number = Int(text.dropLast()), number >= 0 else {
            return nil
        }
        return number
    }
}
