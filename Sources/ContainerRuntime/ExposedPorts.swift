/// Ports that an image or a container says it listens on, as EXPOSE and `--expose` write them.
public enum ExposedPorts {
    /// `80`, `80/tcp`, `53/udp`, `8000-8010/tcp`; nothing for what is none.
    public static func parse(_ text: String) -> [(port: UInt16, transport: VirtualService.TransportProtocol)] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let range = parts.first.flatMap(Self.range), parts.count <= 2 else { return [] }
        switch parts.count == 2 ? parts[1].lowercased() : "tcp" {
        case "tcp": return range.map { ($0, .tcp) }
        case "udp": return range.map { ($0, .udp) }
        default: return []
        }
    }

    /// `8000` or `8000-8010`; nil for what is none, or begins with 0.
    public static func range(_ text: some StringProtocol) -> ClosedRange<UInt16>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
        guard (1...2).contains(ends.count), let low = ends[0], let high = ends[ends.count - 1], low > 0, low <= high
        else { return nil }
        return low...high
    }
}
