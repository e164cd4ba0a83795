import Commands
import Documents
import KubernetesAPI

/// `--sort-by`: orders objects by the value of a field, texts as texts, numbers, amounts and moments as such.
struct SortBy {
    private let path: JSONPath
    private let expression: String

    init?(_ call: Call) throws {
        guard let text = call.invocation["sort-by"], !text.isEmpty else { return nil }
        expression = text
        do {
            path = try JSONPath(relaxed: text)
        } catch {
            throw Failure.message("\(error)")
        }
    }

    func sorted<Element>(_ elements: [Element], by document: (Element) -> JSONValue) throws -> [Element] {
        let keyed = elements.map { (element: $0, key: key(document($0))) }
        if !keyed.isEmpty, keyed.allSatisfy({ $0.key == nil }) {
            throw Failure.message("couldn't find any field with path \"{.\(plain)}\" in the list of objects")
        }
        // What lacks the field comes first; equal ones keep their order.
        return keyed.enumerated().sorted { left, right in
            switch (left.element.key, right.element.key) {
            case (nil, nil): return left.offset < right.offset
            case (nil, _): return true
            case (_, nil): return false
            case (let one?, let other?):
                if Self.precedes(one, other) { return true }
                return Self.precedes(other, one) ? false : left.offset < right.offset
            }
        }.map(\.element.element)
    }

    private var plain: String {
        let inner = expression.hasPrefix("{") ? String(expression.dropFirst().dropLast()) : expression
        return inner.hasPrefix(".") ? String(inner.dropFirst()) : inner
    }

    private func key(_ document: JSONValue) -> JSONValue? {
        (try? path.results(in: document))?.first?.first
    }

    private static func precedes(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.number(let one), .number(let other)): return one.double < other.double
        case (.string(let one), .string(let other)):
            if let one = Quantity(one), let other = Quantity(other) { return one < other }
            return one < other
        default: return JSONPath.text(of: left) < JSONPath.text(of: right)
        }
    }
}
