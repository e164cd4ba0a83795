import Documents
import KubernetesAPI

/// The rules for `resources` of a container.
enum ResourceValidation {
    static func errors(in resources: JSONValue, at path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for list in ["limits", "requests"] {
            for (name, value) in resources[list]?.object ?? [:] {
                guard let quantity = Quantity(document: value) else { continue }
                if quantity < Quantity.zero {
                    errors.append(
                        .invalid("\(path).\(list).\(name)", quantityText(value), "must be greater than or equal to 0"))
                }
                if !isKnown(name) {
                    errors.append(
                        .invalid("\(path).\(list).\(name)", .string(name), "must be a standard resource for containers")
                    )
                }
            }
        }
        for (name, value) in resources["requests"]?.object ?? [:] {
            guard let limitValue = resources.at("limits", name), let limit = Quantity(document: limitValue),
                let request = Quantity(document: value), request > limit
            else { continue }
            errors.append(
                .invalid(
                    "\(path).requests", quantityText(value),
                    "must be less than or equal to \(name) limit of \(limitValue.string ?? limitValue.jsonText)"))
        }
        return errors
    }

    private static func isKnown(_ name: String) -> Bool {
        ["cpu", "memory", "ephemeral-storage"].contains(name) || name.hasPrefix("hugepages-") || name.contains("/")
    }

    private static func quantityText(_ value: JSONValue) -> JSONValue {
        .string(value.string ?? value.jsonText)
    }
}
