import KubernetesAPI

/// What a list or a watch picks by labels and fields.
struct Selection: Sendable {
    let labels: LabelSelector
    let fields: FieldSelector
    let strategy: any Strategy

    /// - Throws: 400 for a field that cannot be selected by.
    init(_ options: ListOptions, _ strategy: any Strategy) throws(Status) {
        labels = options.labelSelector
        fields = options.fieldSelector
        self.strategy = strategy
        let common = strategy.resource.isNamespaced ? ["metadata.name", "metadata.namespace"] : ["metadata.name"]
        let known = common + strategy.selectableFields
        for requirement in fields.requirements {
            let field = requirement.path.joined(separator: ".")
            guard !known.contains(field) else { continue }
            throw Status(.badRequest, "field label not supported: \(field)")
        }
    }

    var isEverything: Bool { labels.requirements.isEmpty && fields.requirements.isEmpty }

    func matches(_ object: KubernetesObject) -> Bool {
        if !labels.requirements.isEmpty, !labels.matches(object.labels) { return false }
        return fields.requirements.allSatisfy { requirement in
            let value =
                switch requirement.path {
                case ["metadata", "name"]: object.name
                case ["metadata", "namespace"]: object.namespace
                default: strategy.value(ofField: requirement.path.joined(separator: "."), in: object)
                }
            return (value == requirement.value) == requirement.isEqual
        }
    }
}
