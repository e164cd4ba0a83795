import Documents
import KubernetesAPI

/// The rules for what steers a Pod to a node: tolerations, affinity and spreading.
enum SchedulingValidation {
    private static let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]

    static func errors(inTolerations tolerations: [JSONValue], at path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for (index, toleration) in tolerations.enumerated() {
            let place = "\(path)[\(index)]"
            let key = toleration.text("key")
            let comparison = toleration.text("operator")
            errors += key.isEmpty ? [] : LabelValidation.errors(inKey: key, at: "\(place).key")
            if key.isEmpty, comparison != "Exists" {
                errors.append(
                    .invalid(
                        "\(place).operator", .string(comparison),
                        "operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
            }
            if toleration["tolerationSeconds"] != nil, toleration.text("effect") != "NoExecute" {
                errors.append(
                    .invalid(
                        "\(place).effect", .string(toleration.text("effect")),
                        "effect must be 'NoExecute' when `tolerationSeconds` is set"))
            }
            switch comparison {
            case "", "Equal": break
            case "Exists":
                if !toleration.text("value").isEmpty {
                    errors.append(
                        .invalid(
                            "\(place).operator", .string(toleration.text("value")),
                            "value must be empty when `operator` is 'Exists'"))
                }
            default: errors.append(.notSupported("\(place).operator", .string(comparison), ["Equal", "Exists"]))
            }
            let effect = toleration.text("effect")
            if !effect.isEmpty, !effects.contains(effect) {
                errors.append(.notSupported("\(place).effect", .string(effect), effects))
            }
        }
        return errors
    }

    static func errors(inTaints taints: [JSONValue], at path: String) -> [FieldError] {
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (index, taint) in taints.enumerated() {
            let place = "\(path)[\(index)]"
            let key = taint.text("key")
            errors += LabelValidation.errors(inKey: key, at: "\(place).key")
            errors += LabelValidation.errors(inValue: taint.text("value"), at: "\(place).value")
            let effect = taint.text("effect")
            if effect.isEmpty {
                errors.append(.required("\(place).effect"))
            } else if !effects.contains(effect) {
                errors.append(.notSupported("\(place).effect", .string(effect), effects))
            }
            if !seen.insert("\(key):\(effect)").inserted {
                errors.append(.duplicate(place, taint))
            }
        }
        return errors
    }

    static func errors(inAffinity affinity: JSONValue?, at path: String) -> [FieldError] {
        guard let affinity, affinity.object != nil else { return [] }
        var errors: [FieldError] = []
        let required = "requiredDuringSchedulingIgnoredDuringExecution"
        let preferred = "preferredDuringSchedulingIgnoredDuringExecution"
        if let selector = affinity.at("nodeAffinity", required), selector.object != nil {
            let place = "\(path).nodeAffinity.\(required).nodeSelectorTerms"
            let terms = selector.elements("nodeSelectorTerms")
            if terms.isEmpty { errors.append(.required(place, "must have at least one node selector term")) }
            for (index, term) in terms.enumerated() {
                errors += self.errors(inNodeTerm: term, at: "\(place)[\(index)]")
            }
        }
        for (index, term) in (affinity["nodeAffinity"] ?? [:]).elements(preferred).enumerated() {
            let place = "\(path).nodeAffinity.\(preferred)[\(index)]"
            errors += self.errors(inWeight: term, at: place)
            errors += self.errors(inNodeTerm: term["preference"] ?? [:], at: "\(place).preference")
        }
        for kind in ["podAffinity", "podAntiAffinity"] {
            let rules = affinity[kind] ?? [:]
            for (index, term) in rules.elements(required).enumerated() {
                errors += self.errors(inPodTerm: term, at: "\(path).\(kind).\(required)[\(index)]")
            }
            for (index, term) in rules.elements(preferred).enumerated() {
                let place = "\(path).\(kind).\(preferred)[\(index)]"
                errors += self.errors(inWeight: term, at: place)
                errors += self.errors(inPodTerm: term["podAffinityTerm"] ?? [:], at: "\(place).podAffinityTerm")
            }
        }
        return errors
    }

    static func errors(inSpreadConstraints constraints: [JSONValue], at path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for (index, constraint) in constraints.enumerated() {
            let place = "\(path)[\(index)]"
            if (constraint["maxSkew"]?.int ?? 0) <= 0 {
                errors.append(
                    .invalid("\(place).maxSkew", constraint["maxSkew"] ?? 0, "must be greater than zero"))
            }
            if constraint.text("topologyKey").isEmpty {
                errors.append(.required("\(place).topologyKey", "can not be empty"))
            }
            let actions = ["DoNotSchedule", "ScheduleAnyway"]
            let action = constraint.text("whenUnsatisfiable")
            if !actions.contains(action) {
                errors.append(.notSupported("\(place).whenUnsatisfiable", .string(action), actions))
            }
            if let selector = constraint["labelSelector"] {
                errors += LabelValidation.errors(inSelector: selector, at: "\(place).labelSelector")
            }
        }
        return errors
    }

    private static func errors(inWeight term: JSONValue, at path: String) -> [FieldError] {
        let weight = term["weight"]?.int ?? 0
        return (1...100).contains(weight)
            ? [] : [.invalid("\(path).weight", .integer(weight), "must be in the range 1-100")]
    }

    private static func errors(inNodeTerm term: JSONValue, at path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for (index, requirement) in term.elements("matchExpressions").enumerated() {
            let place = "\(path).matchExpressions[\(index)]"
            let values = requirement.elements("values")
            switch requirement.text("operator") {
            case "In", "NotIn":
                if values.isEmpty {
                    errors.append(
                        .required("\(place).values", "must be specified when `operator` is 'In' or 'NotIn'"))
                }
            case "Exists", "DoesNotExist":
                if !values.isEmpty {
                    errors.append(
                        .forbidden(
                            "\(place).values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
                }
            case "Gt", "Lt":
                if values.count != 1 {
                    errors.append(
                        .required(
                            "\(place).values", "must be specified single value when `operator` is 'Lt' or 'Gt'"))
                }
            default:
                errors.append(
                    .invalid(
                        "\(place).operator", .string(requirement.text("operator")), "not a valid selector operator"))
            }
            errors += LabelValidation.errors(inKey: requirement.text("key"), at: "\(place).key")
        }
        return errors
    }

    private static func errors(inPodTerm term: JSONValue, at path: String) -> [FieldError] {
        var errors: [FieldError] = []
        if let selector = term["labelSelector"] {
            errors += LabelValidation.errors(inSelector: selector, at: "\(path).labelSelector")
        }
        if term.text("topologyKey").isEmpty { errors.append(.required("\(path).topologyKey", "can not be empty")) }
        return errors
    }
}
