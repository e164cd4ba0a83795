import Documents
import KubernetesAPI

extension ServiceStrategy {
    var columns: [ObjectTable.Column] {
        [
            .init("Name"), .init("Type"), .init("Cluster-IP"), .init("External-IP"), .init("Port(s)"), .init("Age"),
            .init("Selector", priority: 1),
        ]
    }

    func cells(of service: KubernetesObject, now: Timestamp) -> [String] {
        let ports = service.spec.elements("ports").map { port in
            let number = port["port"]?.int ?? 0
            let nodePort = port["nodePort"]?.int ?? 0
            let transport = port.text("protocol")
            return nodePort > 0 ? "\(number):\(nodePort)/\(transport)" : "\(number)/\(transport)"
        }
        return [
            service.name, service.spec.text("type"), TableCells.text(service.spec.text("clusterIP")),
            externalAddress(of: service), TableCells.text(ports.joined(separator: ",")),
            TableCells.age(of: service, now: now), TableCells.labels(service.spec["selector"]),
        ]
    }

    private func externalAddress(of service: KubernetesObject) -> String {
        let external = service.spec.elements("externalIPs").compactMap(\.string)
        switch service.spec.text("type") {
        case "ExternalName": return service.spec.text("externalName")
        case "LoadBalancer":
            let ingress = service.status.at("loadBalancer", "ingress")?.array ?? []
            let balancers = ingress.map { TableCells.text($0.text("ip"), orElse: $0.text("hostname")) }
            return TableCells.text((balancers + external).joined(separator: ","), orElse: "<pending>")
        default: return TableCells.text(external.joined(separator: ","))
        }
    }
}

extension EndpointSliceStrategy {
    /// More than this is cut off in a cell.
    private static let shown = 3

    var columns: [ObjectTable.Column] {
        [.init("Name"), .init("AddressType"), .init("Ports"), .init("Endpoints"), .init("Age")]
    }

    func cells(of slice: KubernetesObject, now: Timestamp) -> [String] {
        let ports = slice.document.elements("ports").map { port in
            port["port"]?.int.map(String.init) ?? port["name"]?.string ?? "*"
        }
        let addresses = slice.document.elements("endpoints").flatMap { $0.elements("addresses") }
            .compactMap(\.string)
        return [
            slice.name, slice.document.text("addressType"), Self.joined(ports, orElse: "<unset>"),
            Self.joined(addresses, orElse: "<unset>"), TableCells.age(of: slice, now: now),
        ]
    }

    private static func joined(_ texts: [String], orElse other: String) -> String {
        if texts.isEmpty { return other }
        let text = texts.prefix(shown).joined(separator: ",")
        return texts.count > shown ? "\(text) + \(texts.count - shown) more..." : text
    }
}
