import Documents
import KubernetesAPI

/// Knows what was last written of a Pod's status, and so what there is to write.
struct PodStatusWriter {
    private var made: JSONValue?
    private var revision = ""

    /// The merge patch that brings the API's state up to date, or nil where it is.
    mutating func patch(pod: PodSpecification, state: PodRuntimeState, hostIP: String, now: Timestamp) -> JSONValue? {
        let object = pod.object
        let status = PodStatusDocument(pod: pod, state: state, present: object.status, hostIP: hostIP, now: now).make()
        // Where nothing happened since our last write there is nothing to tell, even if the server stored it otherwise.
        if status == made, object.resourceVersion == revision { return nil }
        made = status
        revision = object.resourceVersion
        guard let patch = statusPatch(from: object.status, to: status) else { return nil }
        // The uid keeps us from writing to a younger Pod of the same name.
        return ["metadata": ["uid": .string(object.uid)], "status": patch]
    }

    mutating func wrote(_ object: KubernetesObject) {
        revision = object.resourceVersion
    }

    /// The write did not arrive.
    mutating func failed() {
        made = nil
    }
}
