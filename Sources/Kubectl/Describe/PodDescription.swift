import Documents
import KubernetesAPI

extension Description {
    mutating func pod(_ pod: KubernetesObject, now: Timestamp) {
        let (spec, status) = (pod.spec, pod.status)
        field("Name", pod.name)
        field("Namespace", pod.namespace)
        if let priority = spec["priority"]?.int { field("Priority", "\(priority)") }
        if !spec.text("serviceAccountName").isEmpty { field("Service Account", spec.text("serviceAccountName")) }
        let node = spec.text("nodeName")
        field("Node", node.isEmpty ? "<none>" : "\(node)/\(status.text("hostIP"))")
        if status["startTime"] != nil { field("Start Time", status.moment("startTime")) }
        labels(pod.labels)
        annotations(pod.annotations)
        let phase = status.text("phase")
        if let deletion = pod.deletionTimestamp.flatMap(Timestamp.init), phase != "Failed", phase != "Succeeded" {
            field("Status", "Terminating (lasts \((now - deletion).humanText))")
            field("Termination Grace Period", "\(pod.metadata["deletionGracePeriodSeconds"]?.int ?? 0)s")
        } else {
            field("Status", phase)
        }
        for (title, member) in [("Reason", "reason"), ("Message", "message")] where !status.text(member).isEmpty {
            field(title, status.text(member))
        }
        if let profile = spec.at("securityContext", "seccompProfile") {
            field("SeccompProfile", profile.text("type"))
        }
        field("IP", status.text("podIP"))
        addresses(status)
        if let controller = pod.controller { field("Controlled By", "\(controller.kind)/\(controller.name)") }
        containers("Init Containers", spec["initContainers"], status["initContainerStatuses"], of: pod)
        containers("Containers", spec["containers"] ?? [], status["containerStatuses"], of: pod)
        podConditions(status)
        volumes(spec["volumes"]?.array ?? [])
        field("QoS Class", status.text("qosClass").isEmpty ? "BestEffort" : status.text("qosClass"))
        labels(spec["nodeSelector"], title: "Node-Selectors")
        tolerations(spec["tolerations"]?.array ?? [], title: "Tolerations")
        spreadConstraints(spec["topologySpreadConstraints"]?.array ?? [])
    }

    private mutating func addresses(_ status: JSONValue) {
        let addresses = status["podIPs"]?.array ?? []
        guard !addresses.isEmpty else { return line("IPs:\t<none>") }
        line("IPs:")
        for address in addresses { field("IP", address.text("ip"), level: 1) }
    }

    private mutating func podConditions(_ status: JSONValue) {
        let conditions = status["conditions"]?.array ?? []
        guard !conditions.isEmpty else { return }
        line("Conditions:")
        line(1, "Type\tStatus")
        for condition in conditions { line(1, "\(condition.text("type")) \t\(condition.text("status")) ") }
    }

    private mutating func spreadConstraints(_ constraints: [JSONValue]) {
        guard !constraints.isEmpty else { return }
        list(
            "Topology Spread Constraints",
            constraints.sorted { $0.text("topologyKey") < $1.text("topologyKey") }.map { constraint in
                "\(constraint.text("topologyKey")):\(constraint.text("whenUnsatisfiable")) when max skew "
                    + "\(constraint.text("maxSkew")) is exceeded"
            })
    }

    /// The template by which a controller makes Pods.
    mutating func podTemplate(_ template: JSONValue) {
        line("Pod Template:")
        labels(template.at("metadata", "labels"), title: "  Labels")
        var annotations: [String: String] = [:]
        for (key, value) in template.at("metadata", "annotations")?.object ?? [:] { annotations[key] = value.string }
        if !annotations.isEmpty { self.annotations(annotations, title: "  Annotations") }
        let spec = template["spec"] ?? [:]
        if !spec.text("serviceAccountName").isEmpty {
            field("Service Account", spec.text("serviceAccountName"), level: 1)
        }
        containers("Init Containers", spec["initContainers"], nil, of: nil, indented: true)
        containers("Containers", spec["containers"] ?? [], nil, of: nil, indented: true)
        volumes(spec["volumes"]?.array ?? [], indented: true)
        labels(spec["nodeSelector"], title: "  Node-Selectors")
        tolerations(spec["tolerations"]?.array ?? [], title: "  Tolerations")
    }
}
