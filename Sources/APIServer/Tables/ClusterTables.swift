import Documents
import KubernetesAPI

extension NamespaceStrategy {
    var columns: [ObjectTable.Column] { [.init("Name"), .init("Status"), .init("Age")] }

    func cells(of namespace: KubernetesObject, now: Timestamp) -> [String] {
        [namespace.name, namespace.status.text("phase"), TableCells.age(of: namespace, now: now)]
    }
}

extension NodeStrategy {
    private static let roleLabel = "node-role.kubernetes.io/"
    private static let oldRoleLabel = "kubernetes.io/role"

    var columns: [ObjectTable.Column] {
        [
            .init("Name"), .init("Status"), .init("Roles"), .init("Age"), .init("Version"),
            .init("Internal-IP", priority: 1), .init("External-IP", priority: 1), .init("OS-Image", priority: 1),
            .init("Kernel-Version", priority: 1), .init("Container-Runtime", priority: 1),
        ]
    }

    func cells(of node: KubernetesObject, now: Timestamp) -> [String] {
        var words: [String] = []
        switch node.condition("Ready")?.status {
        case .yes: words.append("Ready")
        case .no, .unknown: words.append("NotReady")
        case nil: words.append("Unknown")
        }
        if node.spec["unschedulable"]?.bool == true { words.append("SchedulingDisabled") }
        var roles: Set<String> = []
        for (label, value) in node.labels {
            if label.hasPrefix(Self.roleLabel) { roles.insert(String(label.dropFirst(Self.roleLabel.count))) }
            if label == Self.oldRoleLabel { roles.insert(value) }
        }
        roles.remove("")
        func address(_ type: String) -> String {
            node.status.elements("addresses").first { $0.text("type") == type }?.text("address") ?? "<none>"
        }
        let info = node.status["nodeInfo"] ?? [:]
        return [
            node.name, words.joined(separator: ","), TableCells.text(roles.sorted().joined(separator: ",")),
            TableCells.age(of: node, now: now), info.text("kubeletVersion"), address("InternalIP"),
            address("ExternalIP"), TableCells.text(info.text("osImage"), orElse: "<unknown>"),
            TableCells.text(info.text("kernelVersion"), orElse: "<unknown>"),
            TableCells.text(info.text("containerRuntimeVersion"), orElse: "<unknown>"),
        ]
    }
}

extension ConfigMapStrategy {
    var columns: [ObjectTable.Column] { [.init("Name"), .init("Data"), .init("Age")] }

    func cells(of configMap: KubernetesObject, now: Timestamp) -> [String] {
        let count = ["data", "binaryData"].reduce(0) { $0 + (configMap.document[$1]?.object?.count ?? 0) }
        return [configMap.name, String(count), TableCells.age(of: configMap, now: now)]
    }
}

extension LeaseStrategy {
    var columns: [ObjectTable.Column] { [.init("Name"), .init("Holder"), .init("Age")] }

    func cells(of lease: KubernetesObject, now: Timestamp) -> [String] {
        [lease.name, lease.spec.text("holderIdentity"), TableCells.age(of: lease, now: now)]
    }
}

extension EventStrategy {
    var columns: [ObjectTable.Column] {
        [
            .init("Last Seen"), .init("Type"), .init("Reason"), .init("Object"), .init("Subobject", priority: 1),
            .init("Source", priority: 1), .init("Message"), .init("First Seen", priority: 1),
            .init("Count", priority: 1), .init("Name", priority: 1),
        ]
    }

    func cells(of event: KubernetesObject, now: Timestamp) -> [String] {
        let document = event.document
        let first = document["firstTimestamp"]?.string ?? document["eventTime"]?.string
        let series = document["series"].flatMap { $0.object == nil ? nil : $0 }
        let last = series?["lastObservedTime"]?.string ?? document["lastTimestamp"]?.string ?? first
        let count = series?["count"]?.int ?? document["count"]?.int ?? 0
        let involved = document["involvedObject"] ?? [:]
        let kind = involved.text("kind").lowercased()
        let name = involved.text("name")
        var source = [document.at("source", "component")?.string ?? document.text("reportingComponent")]
        source.append(document.at("source", "host")?.string ?? document.text("reportingInstance"))
        return [
            TableCells.age(since: last.map { .string($0) }, now: now), document.text("type"),
            document.text("reason"), name.isEmpty ? kind : "\(kind)/\(name)", involved.text("fieldPath"),
            source.filter { !$0.isEmpty }.joined(separator: ", "), Self.trimmed(document.text("message")),
            TableCells.age(since: first.map { .string($0) }, now: now), String(max(1, count)), event.name,
        ]
    }

    private static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.last?.isWhitespace == true { text.removeLast() }
        while text.first?.isWhitespace == true { text.removeFirst() }
        return String(text)
    }
}
