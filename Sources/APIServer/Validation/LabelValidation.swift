import Documents
import KubernetesAPI

/// The rules for labels, annotations and label selectors.
enum LabelValidation {
    static func errors(inLabels labels: JSONValue?, at path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for (key, value) in labels?.object ?? [:] {
            errors += self.errors(inKey: key, at: path)
            errors += self.errors(inValue: value.string ?? "", at: path)
        }
        return errors
    }

    static func errors(inAnnotations annotations: JSONValue?, at path: String) -> [FieldError] {
        var errors: [FieldError] = []
        var size = 0
        for (key, value) in annotations?.object ?? [:] {
            errors += DNS1123.problems(qualifiedName: key.lowercased()).map { .invalid(path, .string(key), $0) }
            size += key.utf8.count + (value.string?.utf8.count ?? 0)
        }
        if size > 256 * 1024 { errors.append(.tooLong(path, maximum: 256 * 1024)) }
        return errors
    }

    static func errors(inKey key: String, at path: String) -> [FieldError] {
        DNS1123.problems(qualifiedName: key).map { .invalid(path, .string(key), $0) }
    }

    static func errors(inValue value: String, at path: String) -> [FieldError] {
        DNS1123.problems(labelValue: value).map { .invalid(path, .string(value), $0) }
    }

    static func errors(inSelector selector: JSONValue, at path: String) -> [FieldError] {
        var errors = errors(inLabels: selector["matchLabels"], at: "\(path).matchLabels")
        for (index, expression) in selector.elements("matchExpressions").enumerated() {
            let place = "\(path).matchExpressions[\(index)]"
            let values = expression.elements("values")
            switch expression.text("operator") {
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
            case let other:
                errors.append(.invalid("\(place).operator", .string(other), "not a valid selector operator"))
            }
            errors += self.errors(inKey: expression.text("key"), at: "\(place).key")
        }
        return errors
    }
}
