import Documents
import KubernetesAPI

struct EventStrategy: Strategy {
    let resource = APIResource.events
    let hasStatus = false

    func applyDefaults(to event: inout KubernetesObject) {
        event.document.setDefault("source", [:])
        event.document.setDefault("reportingComponent", event.document.at("source", "component") ?? "")
        event.document.setDefault("reportingInstance", event.document.at("source", "host") ?? "")
    }

    func validate(_ event: KubernetesObject) -> [FieldError] {
        let involved = event.document.at("involvedObject", "namespace")?.string ?? ""
        // Events about objects without a namespace (nodes) are kept in `default`.
        let expected = involved.isEmpty ? "default" : involved
        if event.namespace == expected || (involved.isEmpty && event.namespace == "kube-system") { return [] }
        return [.invalid("involvedObject.namespace", .string(involved), "does not match event.namespace")]
    }

    var selectableFields: [String] {
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
            "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
            "reportingComponent", "source", "type",
        ]
    }

    func value(ofField field: String, in event: KubernetesObject) -> String {
        if field == "source" {
            let component = event.document.at("source", "component")?.string ?? ""
            return component.isEmpty ? event.document.text("reportingComponent") : component
        }
        return event.document.at(field.split(separator: ".").map(String.init))?.string ?? ""
    }
}
