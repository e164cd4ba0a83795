import Documents
import KubernetesAPI

extension Describer {
    func deployment(_ object: KubernetesObject, _ text: inout Description) async throws {
        let (spec, status) = (object.spec, object.status)
        text.field("Name", object.name)
        text.field("Namespace", object.namespace)
        text.field("CreationTimestamp", object.metadata.moment("creationTimestamp"))
        text.labels(object.labels)
        text.annotations(object.annotations)
        text.field("Selector", Self.selector(spec["selector"] ?? [:]))
        func count(_ member: String) -> Int { status[member]?.int ?? 0 }
        text.field(
            "Replicas",
            "\(spec["replicas"]?.int ?? 1) desired | \(count("updatedReplicas")) updated | \(count("replicas")) total | "
                + "\(count("availableReplicas")) available | \(count("unavailableReplicas")) unavailable")
        text.field("StrategyType", spec.text("strategy", "type"))
        text.field("MinReadySeconds", "\(spec["minReadySeconds"]?.int ?? 0)")
        if let rolling = spec.at("strategy", "rollingUpdate") {
            text.field(
                "RollingUpdateStrategy",
                "\(rolling.text("maxUnavailable")) max unavailable, \(rolling.text("maxSurge")) max surge")
        }
        text.podTemplate(spec["template"] ?? [:])
        text.conditions(object)
        let revisions = try await Revisions(call: call, deployment: object)
        if !revisions.all.isEmpty {
            text.field("OldReplicaSets", Self.text(revisions.old))
            text.field("NewReplicaSet", Self.text(revisions.current.map { [$0] } ?? []))
        }
    }

    func replicaSet(_ object: KubernetesObject, _ text: inout Description) async throws {
        text.field("Name", object.name)
        text.field("Namespace", object.namespace)
        text.field("Selector", Self.selector(object.spec["selector"] ?? [:]))
        text.labels(object.labels)
        text.annotations(object.annotations)
        if let controller = object.controller {
            text.field("Controlled By", "\(controller.kind)/\(controller.name)")
        }
        text.field(
            "Replicas",
            "\(object.status["replicas"]?.int ?? 0) current / \(object.spec["replicas"]?.int ?? 1) desired")
        let options = ListOptions(labelSelector: LabelSelector(document: object.spec["selector"] ?? [:]))
        let pods = try await call.client.list(.pods, namespace: object.namespace, options).items
        let phases = pods.filter { $0.controller?.uid == object.uid }.map { PodView($0).phase }
        func count(_ phase: String) -> Int { phases.count { $0 == phase } }
        text.field(
            "Pods Status",
            "\(count("Running")) Running / \(count("Pending")) Waiting / \(count("Succeeded")) Succeeded / "
                + "\(count("Failed")) Failed")
        text.podTemplate(object.spec["template"] ?? [:])
        text.conditions(object)
    }

    /// `app=web,tier in (a,b)`
    static func selector(_ document: JSONValue) -> String {
        var parts: [String] = []
        for (key, value) in (document["matchLabels"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            parts.append("\(key)=\(value.string ?? "")")
        }
        for expression in document["matchExpressions"]?.array ?? [] {
            let key = expression.text("key")
            let values = expression.texts("values").sorted().joined(separator: ",")
            switch expression.text("operator") {
            case "In": parts.append("\(key) in (\(values))")
            case "NotIn": parts.append("\(key) notin (\(values))")
            case "Exists": parts.append(key)
            default: parts.append("!\(key)")
            }
        }
        return parts.isEmpty ? "<none>" : parts.joined(separator: ",")
    }

    private static func text(_ sets: [KubernetesObject]) -> String {
        let texts = sets.map { set in
            "\(set.name) (\(set.status["replicas"]?.int ?? 0)/\(set.spec["replicas"]?.int ?? 1) replicas created)"
        }
        return texts.isEmpty ? "<none>" : texts.joined(separator: ", ")
    }
}
