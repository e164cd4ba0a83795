import Documents
import KubernetesAPI

extension Describer {
    func service(_ object: KubernetesObject, _ text: inout Description) async throws {
        let spec = object.spec
        text.head(object)
        let selector = spec["selector"]?.object ?? [:]
        let labels = selector.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.string ?? "")" }
        text.field("Selector", labels.isEmpty ? "<none>" : labels.joined(separator: ","))
        text.field("Type", spec.text("type"))
        if spec["ipFamilyPolicy"] != nil { text.field("IP Family Policy", spec.text("ipFamilyPolicy")) }
        let families = spec.texts("ipFamilies")
        text.field("IP Families", families.isEmpty ? "<none>" : families.joined(separator: ","))
        text.field("IP", spec.text("clusterIP"))
        let addresses = spec.texts("clusterIPs")
        text.field("IPs", addresses.isEmpty ? "<none>" : addresses.joined(separator: ","))
        let slices = try await slices(of: object)
        for port in spec["ports"]?.array ?? [] {
            let name = port.text("name").isEmpty ? "<unset>" : port.text("name")
            let protocolName = port.text("protocol").isEmpty ? "TCP" : port.text("protocol")
            text.line("Port:\t\(name)\t\(port.text("port"))/\(protocolName)")
            text.field("TargetPort", "\(port.text("targetPort"))/\(protocolName)")
            if let nodePort = port["nodePort"]?.int, nodePort != 0 {
                text.line("NodePort:\t\(name)\t\(nodePort)/\(protocolName)")
            }
            text.field("Endpoints", Self.endpoints(slices, port: port.text("name")))
        }
        text.field("Session Affinity", spec.text("sessionAffinity"))
        for (title, member) in [
            ("External Traffic Policy", "externalTrafficPolicy"), ("Internal Traffic Policy", "internalTrafficPolicy"),
        ] where !spec.text(member).isEmpty {
            text.field(title, spec.text(member))
        }
    }

    private func slices(of service: KubernetesObject) async throws -> [KubernetesObject] {
        let selector = LabelSelector(matchLabels: ["kubernetes.io/service-name": service.name])
        let options = ListOptions(labelSelector: selector)
        return try await call.client.list(.endpointSlices, namespace: service.namespace, options).items
    }

    /// `10.244.1.2:80,10.244.2.2:80 + 1 more...`
    static func endpoints(_ slices: [KubernetesObject], port name: String) -> String {
        if slices.isEmpty { return "<none>" }
        var endpoints: [String] = []
        for slice in slices {
            let ready = (slice.document["endpoints"]?.array ?? []).filter {
                $0.at("conditions", "ready")?.bool ?? true
            }
            let addresses = ready.compactMap { $0["addresses"]?[0]?.string }
            let ports = slice.document["ports"]?.array ?? []
            if ports.isEmpty { endpoints += addresses }
            for port in ports where port.text("name") == name {
                endpoints += addresses.map { "\($0):\(port.text("port"))" }
            }
        }
        let shown = endpoints.prefix(3).joined(separator: ",")
        return endpoints.count > 3 ? "\(shown) + \(endpoints.count - 3) more..." : shown
    }
}

extension Description {
    mutating func endpointSlice(_ slice: KubernetesObject) {
        let document = slice.document
        head(slice)
        field("AddressType", document.text("addressType"))
        let ports = document["ports"]?.array ?? []
        if ports.isEmpty {
            line("Ports: <unset>")
        } else {
            line("Ports:")
            line(1, "Name\tPort\tProtocol")
            line(1, "----\t----\t--------")
            for port in ports {
                let name = port.text("name").isEmpty ? "<unset>" : port.text("name")
                let number = port.text("port").isEmpty ? "<unset>" : port.text("port")
                line(1, "\(name)\t\(number)\t\(port.text("protocol"))")
            }
        }
        let endpoints = document["endpoints"]?.array ?? []
        guard !endpoints.isEmpty else { return line("Endpoints: <none>") }
        line("Endpoints:")
        for endpoint in endpoints { self.endpoint(endpoint) }
    }

    private mutating func endpoint(_ endpoint: JSONValue) {
        func text(_ member: String) -> String {
            endpoint.text(member).isEmpty ? "<unset>" : endpoint.text(member)
        }
        let addresses = endpoint.texts("addresses").joined(separator: ", ")
        field("- Addresses", addresses.isEmpty ? "<none>" : addresses, level: 1)
        line(2, "Conditions:")
        let ready = endpoint.text("conditions", "ready")
        field("Ready", ready.isEmpty ? "<unset>" : ready, level: 3)
        field("Hostname", text("hostname"), level: 2)
        if let target = endpoint["targetRef"] {
            field("TargetRef", "\(target.text("kind"))/\(target.text("name"))", level: 2)
        }
        field("NodeName", text("nodeName"), level: 2)
        field("Zone", text("zone"), level: 2)
    }
}
