import Documents
import KubernetesAPI

/// The rules for Services.
enum ServiceValidation {
    private static let types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]

    static func errors(in service: KubernetesObject) -> [FieldError] {
        let spec = service.spec
        let type = spec.text("type")
        let isHeadless = spec.text("clusterIP") == "None"
        var errors: [FieldError] = []
        let ports = spec.elements("ports")
        if ports.isEmpty, !isHeadless, type != "ExternalName" { errors.append(.required("spec.ports")) }
        switch type {
        case "LoadBalancer", "NodePort":
            if isHeadless {
                errors.append(
                    .invalid("spec.clusterIPs[0]", "None", "may not be set to 'None' for \(type) services"))
            }
        case "ExternalName":
            if !spec.text("clusterIP").isEmpty {
                errors.append(.forbidden("spec.clusterIPs", "may not be set for ExternalName services"))
            }
            let name = spec.text("externalName")
            if name.isEmpty {
                errors.append(.required("spec.externalName"))
            } else {
                let trimmed = name.hasSuffix(".") ? String(name.dropLast()) : name
                errors += NameRule.subdomain.faults(in: trimmed).map {
                    .invalid("spec.externalName", .string(name), $0)
                }
            }
        default: break
        }
        var names: Set<String> = []
        var seen: Set<String> = []
        for (index, port) in ports.enumerated() {
            errors += self.errors(
                in: port, at: "spec.ports[\(index)]", isNameRequired: ports.count > 1, names: &names)
            let key = "\(port.text("protocol"))/\(port["port"]?.jsonText ?? "")"
            if !seen.insert(key).inserted { errors.append(.duplicate("spec.ports[\(index)]", portKey(port))) }
            if let nodePort = port["nodePort"]?.int, nodePort != 0, type == "ClusterIP" {
                errors.append(
                    .forbidden("spec.ports[\(index)].nodePort", "may not be used when `type` is 'ClusterIP'"))
            }
        }
        errors += LabelValidation.errors(inLabels: spec["selector"], at: "spec.selector")
        let affinity = spec.text("sessionAffinity")
        if affinity.isEmpty {
            errors.append(.required("spec.sessionAffinity"))
        } else if !["ClientIP", "None"].contains(affinity) {
            errors.append(.notSupported("spec.sessionAffinity", .string(affinity), ["ClientIP", "None"]))
        }
        if !types.contains(type) { errors.append(.notSupported("spec.type", .string(type), types)) }
        let address = spec.text("clusterIP")
        if !address.isEmpty, !isHeadless, type != "ExternalName", IPv4Address(address) == nil {
            errors.append(
                .invalid(
                    "spec.clusterIPs[0]", .string(address),
                    "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"))
        }
        for (index, address) in spec.elements("externalIPs").enumerated() where IPv4Address(address.string ?? "") == nil
        {
            errors.append(
                .invalid(
                    "spec.externalIPs[\(index)]", address,
                    "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"))
        }
        for member in ["internalTrafficPolicy", "externalTrafficPolicy"] {
            guard let policy = spec[member]?.string, !["Cluster", "Local"].contains(policy) else { continue }
            errors.append(.notSupported("spec.\(member)", .string(policy), ["Cluster", "Local"]))
        }
        return errors
    }

    private static func portKey(_ port: JSONValue) -> JSONValue {
        ["protocol": port["protocol"] ?? "TCP", "port": port["port"] ?? 0, "targetPort": 0]
    }

    private static func errors(
        in port: JSONValue, at path: String, isNameRequired: Bool, names: inout Set<String>
    ) -> [FieldError] {
        var errors: [FieldError] = []
        let name = port.text("name")
        if name.isEmpty {
            if isNameRequired { errors.append(.required("\(path).name")) }
        } else {
            errors += NameRule.label.faults(in: name).map { .invalid("\(path).name", .string(name), $0) }
            if !names.insert(name).inserted { errors.append(.duplicate("\(path).name", .string(name))) }
        }
        errors += PortValidation.errors(in: port["port"] ?? 0, at: "\(path).port")
        let transport = port.text("protocol")
        if transport.isEmpty {
            errors.append(.required("\(path).protocol"))
        } else if !PortValidation.protocols.contains(transport) {
            errors.append(.notSupported("\(path).protocol", .string(transport), PortValidation.protocols))
        }
        errors += PortValidation.errors(inNumberOrName: port["targetPort"] ?? 0, at: "\(path).targetPort")
        return errors
    }
}
