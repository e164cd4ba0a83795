import Documents
import KubernetesAPI

extension Description {
    mutating func namespace(_ namespace: KubernetesObject) {
        field("Name", namespace.name)
        labels(namespace.labels)
        annotations(namespace.annotations)
        field("Status", namespace.status.text("phase"))
        line()
        line("No resource quota.")
        line()
        line("No LimitRange resource.")
    }

    mutating func configMap(_ map: KubernetesObject) {
        head(map)
        line()
        line("Data")
        line("====")
        for (key, value) in (map.document["data"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            line("\(key):")
            line("----")
            line(value.string ?? "")
            line()
        }
        line()
        line("BinaryData")
        line("====")
        for (key, value) in (map.document["binaryData"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            line("\(key): \(Base64.decode(value.string ?? "")?.count ?? 0) bytes")
        }
        line()
    }

    /// Any other kind: all its fields, with names a person reads.
    mutating func anything(_ object: KubernetesObject) {
        head(object)
        var document = object.document
        for member in ["managedFields", "name", "namespace", "labels", "annotations"] {
            document.set("metadata", member, to: nil)
        }
        members(of: document, level: 0)
    }

    private mutating func members(of value: JSONValue, level: Int) {
        for (key, member) in (value.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            switch member {
            case .object:
                line(level, "\(Self.title(key)):")
                members(of: member, level: level + 1)
            case .array(let elements):
                line(level, "\(Self.title(key)):")
                for element in elements {
                    if element.object != nil {
                        members(of: element, level: level + 1)
                    } else {
                        line(level + 1, element.string ?? element.jsonText)
                    }
                }
            case .null: line(level, "\(Self.title(key)):\t<nil>")
            default: line(level, "\(Self.title(key)):\t\(member.string ?? member.jsonText)")
            }
        }
    }

    /// `Holder Identity` of `holderIdentity`
    static func title(_ field: String) -> String {
        guard field.allSatisfy({ $0.isLetter || $0 == "-" }) else { return field }
        var words: [String] = []
        var previousIsLower = false
        for character in field {
            if words.isEmpty || (character.isUppercase && previousIsLower) { words.append("") }
            words[words.count - 1].append(character)
            previousIsLower = character.isLowercase
        }
        return words.map { word in
            let upper = word.uppercased()
            if ["API", "URL", "UID", "OSB", "GUID"].contains(upper) { return upper }
            return word.prefix(1).uppercased() + word.dropFirst()
        }.joined(separator: " ")
    }
}
