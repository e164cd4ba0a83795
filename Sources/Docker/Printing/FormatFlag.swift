import ContainerRuntime
import Documents

/// `--format`: a Go template over a document.
enum FormatFlag {
    static func template(_ text: String) throws(RuntimeError) -> GoTemplate {
        do {
            return try GoTemplate(parsing: text == "json" ? "{{json .}}" : text)
        } catch {
            throw .invalid(field: "--format", reason: "template parsing error: \(error.reason)")
        }
    }

    static func render(_ template: GoTemplate, _ document: JSONValue) throws(RuntimeError) -> String {
        do {
            return try template.render(document)
        } catch {
            throw .invalid(field: "--format", reason: "template: \(error.reason)")
        }
    }
}
