import Documents
import KubernetesAPI

/// Makes the environment of a container: service variables, then `envFrom`, then `env`, each over the ones before.
struct ContainerEnvironment {
    let container: JSONValue
    let namespace: String
    let fields: PodFields
    let services: [(String, String)]
    /// The limits and requests of a container of the Pod, by name.
    let resources: (_ container: String?, _ resource: String, _ divisor: String?) -> String?
    /// The ConfigMap of that name, or nil.
    let configMap: (String) -> KubernetesObject?

    /// Variables in the order in which they were first named.
    func make() throws(ContainerStartFailure) -> [(String, String)] {
        var values: [String: String] = [:]
        var order: [String] = []
        func set(_ name: String, _ value: String) {
            if values.updateValue(value, forKey: name) == nil { order.append(name) }
        }
        for (name, value) in services { set(name, value) }
        for source in container["envFrom"]?.array ?? [] {
            for (name, value) in try variables(from: source) { set(name, value) }
        }
        for variable in container["env"]?.array ?? [] {
            guard let name = variable["name"]?.string else { continue }
            if let source = variable["valueFrom"] {
                if let value = try value(from: source) { set(name, value) }
            } else {
                let text = variable["value"]?.string ?? ""
                set(name, expandingVariables(text) { values[$0] })
            }
        }
        return order.map { ($0, values[$0] ?? "") }
    }

    private func variables(from source: JSONValue) throws(ContainerStartFailure) -> [(String, String)] {
        let prefix = source["prefix"]?.string ?? ""
        if let reference = source["secretRef"] {
            if reference["optional"]?.bool == true { return [] }
            throw .configuration("secret \"\(reference["name"]?.string ?? "")\" not found")
        }
        guard let reference = source["configMapRef"], let name = reference["name"]?.string else { return [] }
        guard let map = configMap(name) else {
            if reference["optional"]?.bool == true { return [] }
            throw .configuration("configmap \"\(name)\" not found")
        }
        return (map.document["data"]?.object ?? [:]).sorted { $0.key < $1.key }.map {
            (prefix + $0.key, $0.value.string ?? "")
        }
    }

    private func value(from source: JSONValue) throws(ContainerStartFailure) -> String? {
        if let path = source.at("fieldRef", "fieldPath")?.string {
            guard let value = fields.value(path) else {
                throw .configuration("unsupported fieldPath: \(path)")
            }
            return value
        }
        if let reference = source["resourceFieldRef"] {
            let resource = reference["resource"]?.string ?? ""
            let divisor = reference["divisor"]?.string ?? reference["divisor"]?.int.map { String($0) }
            guard let value = resources(reference["containerName"]?.string, resource, divisor) else {
                throw .configuration("unsupported container resource: \(resource)")
            }
            return value
        }
        if let reference = source["secretKeyRef"] {
            if reference["optional"]?.bool == true { return nil }
            throw .configuration("secret \"\(reference["name"]?.string ?? "")\" not found")
        }
        guard let reference = source["configMapKeyRef"] else { return nil }
        let name = reference["name"]?.string ?? ""
        let key = reference["key"]?.string ?? ""
        let isOptional = reference["optional"]?.bool ?? false
        guard let map = configMap(name) else {
            if isOptional { return nil }
            throw .configuration("configmap \"\(name)\" not found")
        }
        guard let value = map.document.at("data", key)?.string else {
            if isOptional { return nil }
            throw .configuration("couldn't find key \(key) in ConfigMap \(namespace)/\(name)")
        }
        return value
    }
}
