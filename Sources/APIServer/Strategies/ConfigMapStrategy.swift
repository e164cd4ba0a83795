import Documents
import KubernetesAPI

struct ConfigMapStrategy: Strategy {
    let resource = APIResource.configMaps
    let hasStatus = false

    /// Bytes of all keys and values together.
    private let maximumSize = 1024 * 1024

    func validate(_ configMap: KubernetesObject) -> [FieldError] {
        var errors: [FieldError] = []
        var size = 0
        for member in ["data", "binaryData"] {
            for (key, value) in configMap.document[member]?.object ?? [:] {
                errors += faults(inKey: key).map { .invalid("\(member)[\(key)]", .string(key), $0) }
                if member == "binaryData", configMap.document.at("data", key) != nil {
                    errors.append(.invalid("data[\(key)]", .string(key), "duplicate of key present in binaryData"))
                }
                size += key.utf8.count + (value.string?.utf8.count ?? 0)
            }
        }
        if size > maximumSize {
            // All of it together is what is too long: no field has a name for that.
            errors.append(.tooLong("[]", maximum: maximumSize))
        }
        return errors
    }

    func validateUpdate(of configMap: KubernetesObject, from old: KubernetesObject) -> [FieldError] {
        var errors: [FieldError] = []
        if old.document["immutable"]?.bool == true {
            if configMap.document["immutable"]?.bool != true {
                errors.append(.forbidden("immutable", "field is immutable when `immutable` is set"))
            }
            for member in ["data", "binaryData"] where configMap.document[member] != old.document[member] {
                errors.append(.forbidden(member, "field is immutable when `immutable` is set"))
            }
        }
        return errors + validate(configMap)
    }

    private func faults(inKey key: String) -> [String] {
        var faults: [String] = []
        if key.utf8.count > 253 { faults.append("must be no more than 253 bytes") }
        let isFormed = key.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.".unicodeScalars.contains($0))
        }
        if key.isEmpty || !isFormed {
            faults.append(
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
                    + "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')")
        }
        if key == "." || key == ".." {
            faults.append("must not be '\(key)'")
        } else if key.hasPrefix("..") {
            faults.append("must not start with '..'")
        }
        return faults
    }
}
