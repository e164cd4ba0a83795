import Documents
import KubernetesAPI

/// The variables by which a container learns of services without DNS (`enableServiceLinks`): `WEB_SERVICE_HOST`,
/// `WEB_SERVICE_PORT` and the older `WEB_PORT_80_TCP…`, for the services of its namespace and for `kubernetes`.
enum ServiceEnvironment {
    /// - Parameter includesAll: false leaves only the address of the API, which every Pod gets.
    static func variables(services: [KubernetesObject], namespace: String, includesAll: Bool) -> [(String, String)] {
        services.filter { service in
            let isMaster = service.namespace == "default" && service.name == "kubernetes"
            return isMaster || (includesAll && service.namespace == namespace)
        }.flatMap(variables)
    }

    private static func variables(of service: KubernetesObject) -> [(String, String)] {
        guard let address = service.spec["clusterIP"]?.string, !address.isEmpty, address != "None" else { return [] }
        let ports = service.spec["ports"]?.array ?? []
        guard let first = ports.first?["port"]?.int else { return [] }
        let prefix = variableName(service.name)
        var variables = [("\(prefix)_SERVICE_HOST", address), ("\(prefix)_SERVICE_PORT", String(first))]
        for port in ports {
            guard let name = port["name"]?.string, !name.isEmpty, let number = port["port"]?.int else { continue }
            variables.append(("\(prefix)_SERVICE_PORT_\(variableName(name))", String(number)))
        }
        for (index, port) in ports.enumerated() {
            guard let number = port["port"]?.int else { continue }
            let transport = (port["protocol"]?.string ?? "TCP")
            let url = "\(transport.lowercased())://\(address):\(number)"
            if index == 0 { variables.append(("\(prefix)_PORT", url)) }
            let stem = "\(prefix)_PORT_\(number)_\(transport.uppercased())"
            variables += [
                (stem, url), ("\(stem)_PROTO", transport.lowercased()), ("\(stem)_PORT", String(number)),
                ("\(stem)_ADDR", address),
            ]
        }
        return variables
    }

    private static func variableName(_ name: String) -> String {
        String(name.uppercased().map { $0 == "-" ? "_" : $0 })
    }
}
