import KubernetesAPI

/// Label selectors of assertions: `app=web,tier!=db`.
enum SelectorText {
    static func parse(_ text: String) throws(Status) -> LabelSelector {
        var requirements: [LabelSelector.Requirement] = []
        for part in text.split(separator: ",") {
            let isNegated = part.contains("!=")
            let sides = part.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
            guard sides.count == 2 else { throw Status(.badRequest, "'\(text)' is no label selector") }
            let key = isNegated ? String(sides[0].dropLast()) : sides[0]
            requirements.append(.init(key, isNegated ? .notEquals(sides[1]) : .equals(sides[1])))
        }
        return LabelSelector(requirements)
    }
}
