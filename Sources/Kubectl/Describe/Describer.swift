import Commands
import Documents
import KubernetesAPI
import Terminal

/// The text of `kubectl describe` for one object.
struct Describer {
    let call: Call

    func describe(_ resource: APIResource, _ object: KubernetesObject) async throws -> String {
        var text = Description()
        switch resource {
        case .pods: text.pod(object, now: call.now())
        case .deployments: try await deployment(object, &text)
        case .replicaSets: try await replicaSet(object, &text)
        case .services: try await service(object, &text)
        case .endpointSlices: text.endpointSlice(object)
        case .nodes: try await node(object, &text)
        case .namespaces: text.namespace(object)
        case .configMaps: text.configMap(object)
        default: text.anything(object)
        }
        if resource != .namespaces, call.invocation.isOn("show-events") {
            text.events(try await events(about: object), now: call.now())
        }
        return text.text
    }

    /// The events about an object, oldest first.
    private func events(about object: KubernetesObject) async throws -> [KubernetesObject] {
        let options = ListOptions(fieldSelector: .equals("involvedObject.name", object.name))
        let namespace = object.namespace.isEmpty ? nil : object.namespace
        let list = try await call.client.list(.events, namespace: namespace, options)
        return list.items.filter { event in
            let involved = event.document["involvedObject"]
            let uid = involved?["uid"]?.string ?? ""
            // Kubelets name their node where its uid would stand.
            return involved?["kind"]?.string == object.kind && (uid.isEmpty || uid == object.uid || uid == object.name)
        }.sorted(by: EventTimes.isEarlier)
    }
}

/// When an event happened, first and last, in whichever of its members that stands.
struct EventTimes {
    let first: String
    let last: String

    init(_ event: KubernetesObject) {
        let document = event.document
        let eventTime = document.text("eventTime")
        let created = event.creationTimestamp ?? ""
        let start = document.text("firstTimestamp")
        first = eventTime.isEmpty ? (start.isEmpty ? created : start) : eventTime
        let ends = [document.text("series", "lastObservedTime"), document.text("lastTimestamp"), first]
        last = ends.first { !$0.isEmpty } ?? created
    }

    /// Of those in one second, the one written first comes first.
    static func isEarlier(_ left: KubernetesObject, _ right: KubernetesObject) -> Bool {
        let (one, other) = (EventTimes(left).last, EventTimes(right).last)
        return one == other ? Int(left.resourceVersion) ?? 0 < Int(right.resourceVersion) ?? 0 : one < other
    }

    static func age(_ text: String, _ now: Timestamp) -> String {
        Timestamp(text).map { (now - $0).humanText } ?? "<unknown>"
    }

    /// `3s`, or `3s (x4 over 2m)`
    static func text(_ event: KubernetesObject, now: Timestamp) -> String {
        let times = EventTimes(event)
        let count = event.document.at("series", "count")?.int ?? event.document["count"]?.int ?? 1
        guard count > 1 else { return age(times.first, now) }
        return "\(age(times.last, now)) (x\(count) over \(age(times.first, now)))"
    }
}

extension Description {
    mutating func events(_ events: [KubernetesObject], now: Timestamp) {
        guard !events.isEmpty else { return line("Events:\t<none>") }
        alignAnew()
        line("Events:")
        line(1, "Type\tReason\tAge\tFrom\tMessage")
        line(1, "----\t------\t----\t----\t-------")
        for event in events {
            let document = event.document
            let component = document.text("source", "component")
            let from = component.isEmpty ? document.text("reportingComponent") : component
            let message = document.text("message").split(whereSeparator: \.isNewline).joined(separator: " ")
            line(
                1,
                "\(document.text("type"))\t\(document.text("reason"))\t\(EventTimes.text(event, now: now))\t\(from)\t"
                    + message)
        }
    }
}
