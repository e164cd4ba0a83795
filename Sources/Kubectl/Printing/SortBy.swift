import Commands
import Documents

/// `--sort-by`
struct SortBy {
    let expression: String

    init?(_ call: Call) throws {
        guard let text = call.invocation["sort-by"], !text.isEmpty else { return nil }
        expression = text
    }

    func sorted<Element>(_ elements: [Element], by document: (Element) -> JSONValue) throws -> [Element] {
        throw Failure.message("sort-by is not ready")
    }
}
