import Documents
import KubernetesAPI

struct ServiceStrategy: Strategy {
    let resource = APIResource.services
    let allocator: ServiceAllocator

    func applyDefaults(to service: inout KubernetesObject) {
        service.spec.setDefault("sessionAffinity", "None")
        service.spec.setDefault("type", "ClusterIP")
        let type = service.spec.text("type")
        service.spec.changeElements(of: "ports") { port in
            port.setDefault("protocol", "TCP")
            if port["targetPort"]?.isNull ?? true || port["targetPort"]?.int == 0 || port["targetPort"]?.string == "" {
                port["targetPort"] = port["port"]
            }
        }
        if service.spec.text("sessionAffinity") == "ClientIP",
            service.spec.at("sessionAffinityConfig", "clientIP", "timeoutSeconds") == nil
        {
            service.spec.set("sessionAffinityConfig", "clientIP", "timeoutSeconds", to: 10_800)
        }
        if service.spec.text("sessionAffinity") == "None" { service.spec["sessionAffinityConfig"] = nil }
        if type == "NodePort" || type == "LoadBalancer" {
            service.spec.setDefault("externalTrafficPolicy", "Cluster")
        }
        if type == "LoadBalancer" { service.spec.setDefault("allocateLoadBalancerNodePorts", true) }
        if Self.needsAddress(type) { service.spec.setDefault("internalTrafficPolicy", "Cluster") }
    }

    func prepareForCreate(_ service: inout KubernetesObject) {
        service.status = ["loadBalancer": [:]]
        dropWhatTheTypeHasNot(&service, from: nil)
    }

    func prepareForUpdate(_ service: inout KubernetesObject, from old: KubernetesObject) {
        // A replacement that leaves out what the server chose keeps it.
        let type = service.spec.text("type")
        if Self.needsAddress(type), Self.needsAddress(old.spec.text("type")) {
            for member in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
                let isLeftOut = service.spec[member]?.string ?? "" == "" && service.spec.elements(member).isEmpty
                if isLeftOut { service.spec[member] = old.spec[member] }
            }
        }
        if Self.needsNodePorts(service.spec) {
            let before = old.spec.elements("ports")
            service.spec.changeElements(of: "ports") { port in
                guard (port["nodePort"]?.int ?? 0) == 0 else { return }
                let same = before.first { $0["port"] == port["port"] && $0["protocol"] == port["protocol"] }
                if let number = same?["nodePort"] { port["nodePort"] = number }
            }
        }
        dropWhatTheTypeHasNot(&service, from: old)
    }

    private func dropWhatTheTypeHasNot(_ service: inout KubernetesObject, from old: KubernetesObject?) {
        let type = service.spec.text("type")
        if type == "ExternalName", let old, Self.needsAddress(old.spec.text("type")) {
            for member in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"]
            where service.spec[member] == old.spec[member] {
                service.spec[member] = nil
            }
        }
        guard let old else { return }
        if type == "ClusterIP", Self.needsNodePorts(old.spec) {
            let before = old.spec.elements("ports").map { $0["nodePort"] }
            service.spec.changeElements(of: "ports") { port in
                if before.contains(port["nodePort"]) { port["nodePort"] = nil }
            }
            service.spec["externalTrafficPolicy"] = nil
            service.spec["allocateLoadBalancerNodePorts"] = nil
        }
    }

    func validate(_ service: KubernetesObject) -> [FieldError] {
        ServiceValidation.errors(in: service)
    }

    func validateUpdate(of service: KubernetesObject, from old: KubernetesObject) -> [FieldError] {
        var errors: [FieldError] = []
        if Self.needsAddress(service.spec.text("type")), Self.needsAddress(old.spec.text("type")) {
            let before = old.spec.text("clusterIP")
            if !before.isEmpty, service.spec.text("clusterIP") != before {
                errors.append(
                    .invalid(
                        "spec.clusterIPs[0]", .array([.string(service.spec.text("clusterIP"))]),
                        "may not change once set"))
            }
        }
        return errors + validate(service)
    }

    func faults(inName name: String, isPrefix: Bool) -> [String] {
        NameRule.letterLabel.faults(in: name, isPrefix: isPrefix)
    }

    var selectableFields: [String] { ["spec.clusterIP", "spec.type"] }

    static func needsAddress(_ type: String) -> Bool { type != "ExternalName" }

    static func needsNodePorts(_ spec: JSONValue) -> Bool {
        let type = spec.text("type")
        return type == "NodePort"
            || (type == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"]?.bool != false)
    }
}
