import ContainerRuntime

/// `-p`: `[[ADDRESS:]HOST:]CONTAINER[/tcp|udp]`, with ranges of equal length.
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
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count) else { throw fail("expected HOST:CONTAINER") }
        guard let inner = range(parts[parts.count - 1]) else { throw fail("invalid container port") }
        var outer: ClosedRange<UInt16>? = nil
        if parts.count > 1, !parts[parts.count - 2].isEmpty {
            guard let range = range(parts[parts.count - 2]) else { throw fail("invalid host port") }
            outer = range
        }
        if let outer, outer.count != inner.count { throw fail("the port ranges have different lengths") }
        let address = parts.count == 3 && !parts[0].isEmpty ? parts[0] : "0.0.0.0"
        return inner.enumerated().map { offset, port in
            PublishedPort(
                hostAddress: address, hostPort: outer.map { $0.lowerBound + UInt16(offset) } ?? 0,
                containerPort: port, transport: transport)
        }
    }

    private static func range(_ text: String) -> ClosedRange<UInt16>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
        switch ends.count {
        case 1:
            guard let port = ends[0], port > 0 else { return nil }
            return port...port
        case 2:
            guard let low = ends[0], let high = ends[1], low > 0, low <= high else { return nil }
            return low...high
        default: return nil
        }
    }
}
