import Documents
import KubernetesAPI

/// Texts that stand in the tables of several kinds.
enum TableCells {
    /// `5m`, or `<unknown>` for what has no time.
    static func age(since time: JSONValue?, now: Timestamp) -> String {
        guard let moment = time?.string.flatMap(Timestamp.init) else { return "<unknown>" }
        return (now - moment).humanText
    }

    static func age(of object: KubernetesObject, now: Timestamp) -> String {
        age(since: object.metadata["creationTimestamp"], now: now)
    }

    /// `app=web,tier=front`, or `<none>`.
    static func labels(_ labels: JSONValue?) -> String {
        let pairs = (labels?.object ?? [:]).map { "\($0.key)=\($0.value.string ?? "")" }.sorted()
        return pairs.isEmpty ? "<none>" : pairs.joined(separator: ",")
    }

    /// A `metav1.LabelSelector` as text, or `<none>`.
    static func selector(_ selector: JSONValue?) -> String {
        guard let selector, selector.object != nil else { return "<none>" }
        let text = LabelSelector(document: selector).description
        return text.isEmpty ? "<none>" : text
    }

    /// The names and images of a template's containers.
    static func containers(of template: JSONValue?) -> [String] {
        let containers = template?.at("spec", "containers")?.array ?? []
        return ["name", "image"].map { member in containers.map { $0.text(member) }.joined(separator: ",") }
    }

    static func text(_ text: String, orElse other: String = "<none>") -> String { text.isEmpty ? other : text }
}
