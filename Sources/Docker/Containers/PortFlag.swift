import ContainerRuntime

/// `-p`: `[[ADDRESS:]HOST:]CONTAINER[/tcp|udp]`, with ranges of equal length; an IPv6 address in brackets.
enum PortFlag {
    static func ports(_ text: String) throws(RuntimeError) -> [PublishedPort] {
        func fail(_ reason: String) -> RuntimeError { .invalid(field: "--publish", reason: "\(text): \(reason)") }
        var rest = text[...]
        var transport = VirtualService.TransportProtocol.tcp
        if let slash = rest.lastIndex(of: "/") {
            switch rest[rest.index(after: slash)...].lowercased() {
            case "tcp": transport = .tcp
            case "udp": transport = .udp
            default: throw fail("the protocol must be tcp or udp")
            }
            rest = rest[..<slash]
        }
        var address = "0.0.0.0"
        if rest.hasPrefix("[") {
            guard let close = rest.firstIndex(of: "]"), rest[rest.index(after: close)...].first == ":" else {
                throw fail("expected [ADDRESS]:HOST:CONTAINER")
            }
            address = String(rest[rest.index(after: rest.startIndex)..<close])
            rest = rest[rest.index(close, offsetBy: 2)...]
            guard rest.contains(":") else { throw fail("expected [ADDRESS]:HOST:CONTAINER") }
        }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (1...(address.contains(":") ? 2 : 3)).contains(parts.count) else { throw fail("expected HOST:CONTAINER") }
        guard let inner = ExposedPorts.range(parts[parts.count - 1]) else {
            throw fail("invalid container port: \(parts[parts.count - 1])")
        }
        var outer: ClosedRange<UInt16>? = nil
        if parts.count > 1, !parts[parts.count - 2].isEmpty {
            guard let range = ExposedPorts.range(parts[parts.count - 2]) else {
                throw fail("invalid host port: \(parts[parts.count - 2])")
            }
            outer = range
        }
        if let outer, outer.count != inner.count { throw fail("the port ranges have different lengths") }
        if parts.count == 3, !parts[0].isEmpty { address = parts[0] }
        return inner.enumerated().map { offset, port in
            PublishedPort(
                hostAddress: address, hostPort: outer.map { $0.lowerBound + UInt16(offset) } ?? 0,
                containerPort: port, transport: transport)
        }
    }
}
