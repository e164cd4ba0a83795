import Documents
import KubernetesAPI
import Terminal

/// The text of `kubectl describe` for one object.
struct Describer {
    let call: Call

    func describe(_ resource: APIResource, _ object: KubernetesObject) async throws -> String {
        object.document.sortedByKey.yamlText
    }
}
