import ContainerRuntime

/// Ports as `docker ps` shows them: `0.0.0.0:8000-8002->80-82/tcp, 443/tcp`.
enum PortList {
    static func text(of status: ContainerStatus) -> String {
        let exposed = ((status.image?.exposedPorts ?? []) + status.configuration.exposedPorts)
            .flatMap(ExposedPorts.parse)
        return text(status.publishedPorts, exposed: exposed)
    }

    /// - Parameter exposed: shown as far as they are not published.
    static func text(
        _ published: [PublishedPort], exposed: [(port: UInt16, transport: VirtualService.TransportProtocol)] = []
    ) -> String {
        var lines = published.map {
            Line(address: $0.hostAddress, outer: $0.hostPort, inner: $0.containerPort, transport: $0.transport)
        }
        for port in exposed
        where !lines.contains(where: { $0.inner == port.port && $0.transport == port.transport }) {
            lines.append(Line(address: nil, outer: port.port, inner: port.port, transport: port.transport))
        }
        lines.sort { $0.order < $1.order }
        var groups: [(first: Line, last: Line)] = []
        for line in lines {
            if let last = groups.last?.last, last.isFollowed(by: line) {
                groups[groups.count - 1].last = line
            } else {
                groups.append((line, line))
            }
        }
        return groups.map { $0.first.text(to: $0.last) }.joined(separator: ", ")
    }

    private struct Line {
        /// Nil for a port that is not published.
        let address: String?
        let outer: UInt16
        let inner: UInt16
        let transport: VirtualService.TransportProtocol

        var order: (Int, String, String, UInt16, UInt16) {
            (address == nil ? 1 : 0, transport.rawValue, address ?? "", inner, outer)
        }

        func isFollowed(by next: Line) -> Bool {
            address == next.address && transport == next.transport && Int(next.inner) == Int(inner) + 1
                && Int(next.outer) == Int(outer) + 1
        }

        func text(to last: Line) -> String {
            func range(_ first: UInt16, _ last: UInt16) -> String { first == last ? "\(first)" : "\(first)-\(last)" }
            let inside = "\(range(inner, last.inner))/\(transport.rawValue.lowercased())"
            guard let address else { return inside }
            return "\(PortList.host(address)):\(range(outer, last.outer))->\(inside)"
        }
    }

    /// An IPv6 address stands in brackets.
    static func host(_ address: String) -> String {
        address.contains(":") && !address.hasPrefix("[") ? "[\(address)]" : address
    }
}
