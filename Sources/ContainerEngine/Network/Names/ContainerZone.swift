import DNS

/// The names in people's networks, and what is answered to who asks in them. Pure.
struct ContainerZone {
    private struct Entry {
        let sandbox: String
        let address: IPv4
        var names: [String]
    }

    /// By network id.
    private var entries: [String: [Entry]] = [:]
    private var titles: [String: String] = [:]

    /// Seconds for which an answer holds: what docker says is 600, but here containers come and go.
    static let ttl: UInt32 = 5

    /// - Parameter title: the network's name, which may stand behind a container's: `web.sea`.
    mutating func set(_ names: [String], of sandbox: String, at address: IPv4, network: String, title: String) {
        remove(sandbox, network: network)
        titles[network] = title.lowercased()
        entries[network, default: []].append(
            Entry(sandbox: sandbox, address: address, names: names.map { $0.lowercased() }))
    }

    mutating func rename(_ names: [String], of sandbox: String, network: String) {
        for index in entries[network]?.indices ?? 0..<0 where entries[network]?[index].sandbox == sandbox {
            entries[network]?[index].names = names.map { $0.lowercased() }
        }
    }

    mutating func remove(_ sandbox: String, network: String) {
        entries[network]?.removeAll { $0.sandbox == sandbox }
        if entries[network]?.isEmpty == true {
            entries[network] = nil
            titles[network] = nil
        }
    }

    enum Answer: Hashable {
        case found([DNSMessage.RecordData])
        case noSuchName
        /// Not a container's name.
        case elsewhere
    }

    /// - Parameter networks: those that the asker is in.
    func answer(_ question: DNSMessage.Question, networks: [String]) -> Answer {
        if let labels = question.name.labels(before: ["in-addr", "arpa"]) {
            return reverse(labels, question.type, networks)
        }
        let name = question.name.text
        let addresses = networks.flatMap { network in
            (entries[network] ?? []).filter { $0.names.contains(where: { matches(name, $0, network) }) }.map(\.address)
        }
        guard addresses.isEmpty else {
            guard question.type == .a || question.type == .any else { return .found([]) }
            var seen: Set<IPv4> = []
            return .found(addresses.filter { seen.insert($0).inserted }.map { .a($0) })
        }
        // A name without a dot is nobody's outside.
        return question.name.labels.count < 2 ? .noSuchName : .elsewhere
    }

    private func matches(_ wanted: String, _ name: String, _ network: String) -> Bool {
        if wanted == name { return true }
        guard let title = titles[network] else { return false }
        return wanted == "\(name).\(title)"
    }

    private func reverse(
        _ labels: [String], _ type: DNSMessage.RecordType, _ networks: [String]
    ) -> Answer {
        guard let address = IPv4(labels.reversed().joined(separator: ".")) else { return .elsewhere }
        for network in networks {
            guard let entry = entries[network]?.first(where: { $0.address == address }), let name = entry.names.first,
                let target = DomainName([name, titles[network]].compactMap(\.self).joined(separator: "."))
            else { continue }
            return .found(type == .ptr || type == .any ? [.ptr(target)] : [])
        }
        return .elsewhere
    }
}
