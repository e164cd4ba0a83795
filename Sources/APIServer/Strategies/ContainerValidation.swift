import Documents
import KubernetesAPI

/// The rules for the containers of one `PodSpec`.
struct ContainerValidation {
    let volumes: Set<String>
    var errors: [FieldError] = []
    private var names: Set<String> = []
    private let policies = ["Always", "IfNotPresent", "Never"]

    init(volumes: Set<String>) {
        self.volumes = volumes
    }

    mutating func validate(_ containers: [JSONValue], at path: String, areInitContainers: Bool) {
        var hostPorts: Set<String> = []
        for (index, container) in containers.enumerated() {
            let place = "\(path)[\(index)]"
            let name = container.text("name")
            if name.isEmpty {
                errors.append(.required("\(place).name"))
            } else {
                errors += NameRule.label.faults(in: name).map { .invalid("\(place).name", .string(name), $0) }
                if !names.insert(name).inserted { errors.append(.duplicate("\(place).name", .string(name))) }
            }
            let image = container.text("image")
            if image.isEmpty {
                errors.append(.required("\(place).image"))
            } else if image.first?.isWhitespace == true || image.last?.isWhitespace == true {
                errors.append(
                    .invalid("\(place).image", .string(image), "must not have leading or trailing whitespace"))
            }
            validatePorts(container.elements("ports"), at: "\(place).ports", hostPorts: &hostPorts)
            validateEnvironment(container, at: place)
            validateMounts(container.elements("volumeMounts"), at: "\(place).volumeMounts")
            let policy = container.text("imagePullPolicy")
            if !policies.contains(policy) {
                errors.append(.notSupported("\(place).imagePullPolicy", .string(policy), policies))
            }
            let messagePolicies = ["File", "FallbackToLogsOnError"]
            let messagePolicy = container.text("terminationMessagePolicy")
            if !messagePolicies.contains(messagePolicy) {
                errors.append(
                    .notSupported("\(place).terminationMessagePolicy", .string(messagePolicy), messagePolicies))
            }
            errors += ResourceValidation.errors(in: container["resources"] ?? [:], at: "\(place).resources")
            let isSidecar = areInitContainers && container["restartPolicy"]?.string == "Always"
            for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
                guard let value = container[probe], value.object != nil else { continue }
                if areInitContainers, !isSidecar {
                    errors.append(
                        .forbidden(
                            "\(place).\(probe)", "may not be set for init containers without restartPolicy=Always"))
                } else {
                    errors += ProbeValidation.errors(
                        in: value, at: "\(place).\(probe)", mustSucceedOnce: probe != "readinessProbe")
                }
            }
            for hook in ["postStart", "preStop"] {
                guard let handler = container.at("lifecycle", hook), handler.object != nil else { continue }
                errors += ProbeValidation.errors(inHandler: handler, at: "\(place).lifecycle.\(hook)")
            }
        }
    }

    private mutating func validatePorts(_ ports: [JSONValue], at path: String, hostPorts: inout Set<String>) {
        var names: Set<String> = []
        for (index, port) in ports.enumerated() {
            let place = "\(path)[\(index)]"
            if let name = port["name"]?.string, !name.isEmpty {
                let faults = NameRule.portName.faults(in: name)
                errors += faults.map { .invalid("\(place).name", .string(name), $0) }
                if faults.isEmpty, !names.insert(name).inserted {
                    errors.append(.duplicate("\(place).name", .string(name)))
                }
            }
            if let number = port["containerPort"], number.int != 0 {
                errors += PortValidation.errors(in: number, at: "\(place).containerPort")
            } else {
                errors.append(.required("\(place).containerPort"))
            }
            let transport = port.text("protocol")
            if let number = port["hostPort"], number.int != 0 {
                errors += PortValidation.errors(in: number, at: "\(place).hostPort")
                let taken = "\(transport)/\(port.text("hostIP"))/\(number.jsonText)"
                if !hostPorts.insert(taken).inserted {
                    errors.append(.duplicate("\(place).hostPort", .string(taken)))
                }
            }
            if !PortValidation.protocols.contains(transport) {
                errors.append(.notSupported("\(place).protocol", .string(transport), PortValidation.protocols))
            }
        }
    }

    private mutating func validateEnvironment(_ container: JSONValue, at path: String) {
        for (index, variable) in container.elements("env").enumerated() {
            let place = "\(path).env[\(index)]"
            let name = variable.text("name")
            if name.isEmpty {
                errors.append(.required("\(place).name"))
            } else if !name.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "=") }) {
                errors.append(
                    .invalid(
                        "\(place).name", .string(name),
                        "a valid environment variable name must consist only of printable ASCII characters other than '='"
                    ))
            }
            guard let source = variable["valueFrom"], let members = source.object else { continue }
            let known = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"]
            let given = known.filter { members[$0]?.isNull == false }
            if given.isEmpty {
                errors.append(
                    .invalid(
                        "\(place).valueFrom", "",
                        "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
                    ))
            } else if !variable.text("value").isEmpty {
                errors.append(.invalid("\(place).valueFrom", "", "may not be specified when `value` is not empty"))
            } else if given.count > 1 {
                errors.append(
                    .invalid("\(place).valueFrom", "", "may not have more than one field specified at a time"))
            }
            if let reference = source["fieldRef"], reference.text("fieldPath").isEmpty {
                errors.append(.required("\(place).valueFrom.fieldRef.fieldPath"))
            }
            for kind in ["configMapKeyRef", "secretKeyRef"] {
                guard let reference = source[kind], reference.object != nil else { continue }
                if reference.text("name").isEmpty { errors.append(.required("\(place).valueFrom.\(kind).name")) }
                if reference.text("key").isEmpty { errors.append(.required("\(place).valueFrom.\(kind).key")) }
            }
        }
    }

    private mutating func validateMounts(_ mounts: [JSONValue], at path: String) {
        var paths: Set<String> = []
        for (index, mount) in mounts.enumerated() {
            let place = "\(path)[\(index)]"
            let name = mount.text("name")
            if name.isEmpty {
                errors.append(.required("\(place).name"))
            } else if !volumes.contains(name) {
                errors.append(.notFound("\(place).name", .string(name)))
            }
            let mountPath = mount.text("mountPath")
            if mountPath.isEmpty {
                errors.append(.required("\(place).mountPath"))
            } else if !paths.insert(mountPath).inserted {
                errors.append(.invalid("\(place).mountPath", .string(mountPath), "must be unique"))
            }
            let subPath = mount.text("subPath")
            if subPath.hasPrefix("/") {
                errors.append(.invalid("\(place).subPath", .string(subPath), "must be a relative path"))
            }
            if subPath.split(separator: "/").contains("..") {
                errors.append(.invalid("\(place).subPath", .string(subPath), "must not contain '..'"))
            }
        }
    }
}
