public import DNS

/// Answers questions about the cluster's domain from what the cluster has, after the *Kubernetes DNS-Based Service
/// Discovery* specification 1.1.0.
public struct ClusterZone: Sendable {
    public struct Answer: Sendable, Hashable {
        public var code: DNSMessage.ResponseCode
        public var answers: [DNSMessage.Record] = []
        public var additionals: [DNSMessage.Record] = []
    }

    /// Seconds for which an answer holds, as CoreDNS has it: a Pod that has gone is soon forgotten.
    static let ttl: UInt32 = 5

    private let domain: [String]
    private let records: any ClusterRecords
    /// Address ranges whose reverse names are the cluster's own.
    private let ranges: [(base: IPv4, bits: UInt32)]

    public init(
        domain: String = "cluster.local", records: any ClusterRecords,
        ranges: [(base: IPv4, bits: UInt32)] = [(IPv4(0x0AF4_0000), 16), (IPv4(0x0A60_0000), 12)]
    ) {
        self.domain = domain.split(separator: ".").map(String.init)
        self.records = records
        self.ranges = ranges
    }

    /// The answer, or nil where the name is not the cluster's.
    public func answer(_ question: DNSMessage.Question) -> Answer? {
        let name = question.name
        if let labels = name.labels(before: ["in-addr", "arpa"]) { return reverse(labels, question) }
        guard let labels = name.labels(before: domain) else { return nil }
        switch labels.last {
        case nil: return apex(question)
        case "svc"?: return service(Array(labels.dropLast()), question)
        case "pod"?: return pod(Array(labels.dropLast()), question)
        case "dns-version"? where labels.count == 1:
            return found(question, [.txt([5] + Array("1.1.0".utf8))])
        default: return Answer(code: .nameError)
        }
    }

    /// The record that comes with negative answers (RFC 2308 §3).
    public var authority: DNSMessage.Record? {
        guard let apex = made([]), let server = made(["ns", "dns"]), let mailbox = made(["hostmaster"]) else {
            return nil
        }
        return DNSMessage.Record(
            apex, ttl: Self.ttl,
            .soa(
                .init(
                    server: server, mailbox: mailbox, serial: 1, refresh: 7200, retry: 1800, expire: 86_400,
                    minimum: Self.ttl)))
    }

    private func made(_ labels: [String]) -> DomainName? {
        DomainName(labels: (labels + domain).map { Array($0.utf8) })
    }

    /// Those of `data` that the question is about; the name exists in any case.
    private func found(_ question: DNSMessage.Question, _ data: [DNSMessage.RecordData]) -> Answer {
        let wanted = data.filter { question.type == .any || $0.type == question.type || $0.type == .cname }
        return Answer(code: .noError, answers: wanted.map { .init(question.name, ttl: Self.ttl, $0) })
    }

    private func apex(_ question: DNSMessage.Question) -> Answer {
        var data: [DNSMessage.RecordData] = []
        if let authority { data.append(authority.data) }
        if let server = made(["ns", "dns"]) { data.append(.ns(server)) }
        return found(question, data)
    }

    // MARK: Services

    /// `labels` end with the namespace: `web.default`, `_http._tcp.web.default`, `10-244-1-5.web.default`.
    private func service(_ labels: [String], _ question: DNSMessage.Question) -> Answer {
        guard let namespace = labels.last else { return found(question, []) }
        guard labels.count > 1 else {
            return records.hasNamespace(namespace) ? found(question, []) : Answer(code: .nameError)
        }
        let name = labels[labels.count - 2]
        guard let service = records.service(namespace: namespace, name: name) else { return Answer(code: .nameError) }
        let rest = Array(labels.dropLast(2))
        if case .external(let target) = service.address {
            guard rest.isEmpty, let target = DomainName(target) else { return Answer(code: .nameError) }
            return found(question, [.cname(target)])
        }
        switch rest.count {
        case 0: return addresses(service, namespace, name, question)
        case 1 where !rest[0].hasPrefix("_"): return endpoint(rest[0], namespace, name, question)
        case 1: return hasPort(service, protocol: rest[0]) ? found(question, []) : Answer(code: .nameError)
        case 2 where rest[0].hasPrefix("_") && rest[1].hasPrefix("_"):
            return ports(service, rest, namespace, name, question)
        default: return Answer(code: .nameError)
        }
    }

    private func addresses(
        _ service: ServiceRecord, _ namespace: String, _ name: String, _ question: DNSMessage.Question
    ) -> Answer {
        if case .cluster(let address) = service.address {
            if question.type == .srv { return portRecords(service, service.ports, namespace, name, question) }
            return found(question, [.a(address)])
        }
        let endpoints = records.endpoints(namespace: namespace, service: name)
        guard !endpoints.isEmpty else { return Answer(code: .nameError) }
        if question.type == .srv { return portRecords(service, service.ports, namespace, name, question) }
        return found(question, endpoints.map { .a($0.address) })
    }

    private func endpoint(
        _ label: String, _ namespace: String, _ name: String, _ question: DNSMessage.Question
    ) -> Answer {
        let matching = records.endpoints(namespace: namespace, service: name).filter { $0.label == label }
        return matching.isEmpty ? Answer(code: .nameError) : found(question, matching.map { .a($0.address) })
    }

    private func hasPort(_ service: ServiceRecord, protocol label: String) -> Bool {
        service.ports.contains { "_" + $0.transport == label }
    }

    private func ports(
        _ service: ServiceRecord, _ labels: [String], _ namespace: String, _ name: String,
        _ question: DNSMessage.Question
    ) -> Answer {
        let matching = service.ports.filter { "_" + $0.name == labels[0] && "_" + $0.transport == labels[1] }
        guard !matching.isEmpty else { return Answer(code: .nameError) }
        return portRecords(service, matching, namespace, name, question)
    }

    private func portRecords(
        _ service: ServiceRecord, _ ports: [PortRecord], _ namespace: String, _ name: String,
        _ question: DNSMessage.Question
    ) -> Answer {
        guard question.type == .srv || question.type == .any else { return found(question, []) }
        var answer = Answer(code: .noError)
        func add(_ port: UInt16, _ labels: [String], _ address: IPv4, share: Int) {
            guard let target = made(labels + [name, namespace, "svc"]) else { return }
            let weight = UInt16(max(1, 100 / max(1, share)))
            answer.answers.append(
                .init(question.name, ttl: Self.ttl, .srv(priority: 0, weight: weight, port: port, target: target)))
            let record = DNSMessage.Record(target, ttl: Self.ttl, .a(address))
            if !answer.additionals.contains(record) { answer.additionals.append(record) }
        }
        if case .cluster(let address) = service.address {
            for port in ports { add(port.port, [], address, share: ports.count) }
            return answer
        }
        let endpoints = records.endpoints(namespace: namespace, service: name)
        for endpoint in endpoints {
            for port in endpoint.ports where ports.contains(where: { $0.name == port.name }) {
                add(port.port, [endpoint.label], endpoint.address, share: endpoints.count * ports.count)
            }
        }
        return answer
    }

    // MARK: Pods

    /// `10-244-1-5.default.pod`: an address written as a name; whether such a Pod lives is not looked up (`pods insecure`).
    private func pod(_ labels: [String], _ question: DNSMessage.Question) -> Answer {
        guard let namespace = labels.last else { return found(question, []) }
        guard records.hasNamespace(namespace) else { return Answer(code: .nameError) }
        if labels.count == 1 { return found(question, []) }
        guard labels.count == 2, let address = IPv4(labels[0].split(separator: "-").joined(separator: ".")) else {
            return Answer(code: .nameError)
        }
        return found(question, [.a(address)])
    }

    // MARK: Reverse

    private func reverse(_ labels: [String], _ question: DNSMessage.Question) -> Answer? {
        guard let address = IPv4(labels.reversed().joined(separator: ".")) else { return nil }
        let isOurs = ranges.contains { range in
            let mask = ~UInt32(0) << (32 - range.bits)
            return address.value & mask == range.base.value & mask
        }
        let names = records.names(of: address)
        guard isOurs || !names.isEmpty else { return nil }
        let targets = names.compactMap { record in
            made((record.label.map { [$0] } ?? []) + [record.service, record.namespace, "svc"])
        }
        return targets.isEmpty ? Answer(code: .nameError) : found(question, targets.map { .ptr($0) })
    }
}
