import Documents
import KubernetesAPI

/// What a container may be told about its own Pod (the downward API's `fieldRef`).
struct PodFields: Sendable {
    let pod: KubernetesObject
    let nodeName: String
    let hostIP: String
    let podIP: String?

    /// The value of a field path, nil for one that is not offered.
    func value(_ path: String) -> String? {
        if let (member, key) = Self.subscripted(path) {
            switch member {
            case "metadata.labels": return pod.labels[key] ?? ""
            case "metadata.annotations": return pod.annotations[key] ?? ""
            default: return nil
            }
        }
        switch path {
        case "metadata.name": return pod.name
        case "metadata.namespace": return pod.namespace
        case "metadata.uid": return pod.uid
        case "metadata.labels": return Self.lines(pod.labels)
        case "metadata.annotations": return Self.lines(pod.annotations)
        case "spec.nodeName": return nodeName
        case "spec.serviceAccountName": return pod.spec["serviceAccountName"]?.string ?? "default"
        case "status.hostIP", "status.hostIPs": return hostIP
        case "status.podIP", "status.podIPs": return podIP ?? ""
        default: return nil
        }
    }

    /// `metadata.labels['app']` → (`metadata.labels`, `app`)
    private static func subscripted(_ path: String) -> (String, String)? {
        guard path.hasSuffix("']"), let open = path.firstIndex(of: "["), path[open...].hasPrefix("['") else {
            return nil
        }
        return (String(path[..<open]), String(path[open...].dropFirst(2).dropLast(2)))
    }

    /// `key="value"` lines, sorted, as in a downward API file.
    private static func lines(_ map: [String: String]) -> String {
        map.sorted { $0.key < $1.key }.map { "\($0.key)=\(JSONValue.string($0.value).jsonText)\n" }.joined()
    }
}
