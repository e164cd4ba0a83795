import ControllerRuntime
import Documents
import KubernetesAPI

/// Writes Events about objects.
struct EventRecorder: Sendable {
    enum Kind: String { case normal = "Normal", warning = "Warning" }
    let client: any KubernetesClient
    let component: String
    let clock: any ControllerClock

    func record(_ type: Kind, reason: String, message: String, about object: KubernetesObject) async {
        var event = KubernetesObject([
            "apiVersion": "v1", "kind": "Event",
            "involvedObject": [
                "apiVersion": .string(object.apiVersion), "kind": .string(object.kind), "name": .string(object.name),
                "namespace": .string(object.namespace), "uid": .string(object.uid),
            ],
            "type": .string(type.rawValue), "reason": .string(reason), "message": .string(message),
            "source": ["component": .string(component)], "count": 1, "firstTimestamp": .string(clock.timestamp.text),
            "lastTimestamp": .string(clock.timestamp.text),
        ])
        event.metadata["generateName"] = .string("\(object.name).")
        event.namespace = object.namespace.isEmpty ? "default" : object.namespace
        _ = try? await client.create(.events, event)
    }
}
