// How a Service gets, and gives back, its address and node ports.
import Documents
import KubernetesAPI

extension ServiceStrategy {
    func allocate(for service: inout KubernetesObject, replacing old: KubernetesObject?) throws(FieldErrors) {
        var taken: KubernetesObject = old ?? service
        taken.document = ["spec": ["ports": []]]
        do throws(FieldErrors) {
            if let address = try allocateAddress(for: &service, replacing: old) {
                taken.spec["clusterIP"] = .string(address.description)
            }
            try allocateNodePorts(for: &service, replacing: old, noting: &taken)
        } catch {
            release(from: taken, keeping: nil)
            throw error
        }
    }

    func release(from old: KubernetesObject, keeping new: KubernetesObject?) {
        let kept = new?.spec.text("clusterIP") ?? ""
        if let address = IPv4Address(old.spec.text("clusterIP")), address.description != kept {
            allocator.release(address)
        }
        let ports = Set(new.map { Self.nodePorts(of: $0.spec) } ?? [])
        for port in Self.nodePorts(of: old.spec) where !ports.contains(port) { allocator.release(nodePort: port) }
    }

    /// - Returns: the address, if it was taken now.
    private func allocateAddress(for service: inout KubernetesObject, replacing old: KubernetesObject?)
        throws(FieldErrors) -> IPv4Address?
    {
        guard Self.needsAddress(service.spec.text("type")) else { return nil }
        let wanted = service.spec.text("clusterIP")
        service.spec.setDefault("ipFamilies", ["IPv4"])
        service.spec.setDefault("ipFamilyPolicy", "SingleStack")
        if wanted == "None" {
            service.spec["clusterIPs"] = ["None"]
            return nil
        }
        if let old, !wanted.isEmpty, old.spec.text("clusterIP") == wanted { return nil }
        do {
            let address: IPv4Address
            if let asked = IPv4Address(wanted) {
                address = asked
                try allocator.take(asked)
            } else {
                address = try allocator.takeAddress(for: service.key)
            }
            service.spec["clusterIP"] = .string(address.description)
            service.spec["clusterIPs"] = .array([.string(address.description)])
            return address
        } catch {
            let value = JSONValue.array([.string(wanted)])
            let reason =
                switch error {
                case .taken: "failed to allocate IP \(wanted): provided IP is already allocated"
                case .outOfRange:
                    "failed to allocate IP \(wanted): the provided IP (\(wanted)) is not in the valid range. "
                        + "The range of valid IPs is \(ServiceAllocator.rangeText)"
                case .exhausted: "failed to allocate a serviceIP: range is full"
                }
            throw FieldErrors(errors: [.invalid("spec.clusterIPs", value, reason)])
        }
    }

    private func allocateNodePorts(
        for service: inout KubernetesObject, replacing old: KubernetesObject?, noting taken: inout KubernetesObject
    ) throws(FieldErrors) {
        guard Self.needsNodePorts(service.spec) else { return }
        var held = Set(old.map { Self.nodePorts(of: $0.spec) } ?? [])
        var ports = service.spec.elements("ports")
        for index in ports.indices {
            let wanted = ports[index]["nodePort"]?.int ?? 0
            // TCP and UDP of one service may share a number.
            if held.contains(wanted) { continue }
            do {
                if wanted == 0 {
                    ports[index]["nodePort"] = .integer(try allocator.takeNodePort(for: service.key))
                } else {
                    try allocator.take(nodePort: wanted)
                }
                let port = ports[index]["nodePort"]?.int ?? 0
                held.insert(port)
                taken.spec["ports"] = .array(taken.spec.elements("ports") + [["nodePort": .integer(port)]])
            } catch {
                let reason =
                    switch error {
                    case .taken: "provided port is already allocated"
                    case .outOfRange:
                        "provided port is not in the valid range. The range of valid ports is 30000-32767"
                    case .exhausted: "failed to allocate a nodePort: range is full"
                    }
                throw FieldErrors(errors: [.invalid("spec.ports[\(index)].nodePort", .integer(wanted), reason)])
            }
        }
        service.spec["ports"] = .array(ports)
    }

    static func nodePorts(of spec: JSONValue) -> [Int] {
        spec.elements("ports").compactMap { $0["nodePort"]?.int }.filter { $0 != 0 }
    }
}
