import Documents
import KubernetesAPI

/// The rules for a `PodSpec`, of a Pod or of a template. Errors are collected in the order of the fields.
struct PodSpecValidation {
    var errors: [FieldError] = []
    private var volumes: Set<String> = []
    private var containerNames: Set<String> = []

    mutating func validate(_ spec: JSONValue, at path: String) {
        validateVolumes(spec.elements("volumes"), at: "\(path).volumes")
        let containers = spec.elements("containers")
        if containers.isEmpty { errors.append(.required("\(path).containers")) }
        var validator = ContainerValidation(volumes: volumes)
        validator.validate(containers, at: "\(path).containers", areInitContainers: false)
        validator.validate(spec.elements("initContainers"), at: "\(path).initContainers", areInitContainers: true)
        errors += validator.errors
        requireOneOf(spec, "restartPolicy", ["Always", "OnFailure", "Never"], at: path)
        requireOneOf(spec, "dnsPolicy", ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"], at: path)
        if spec.text("dnsPolicy") == "None", spec.at("dnsConfig", "nameservers")?.array?.isEmpty ?? true {
            errors.append(
                .required(
                    "\(path).dnsConfig.nameservers",
                    "must provide at least one DNS nameserver when `dnsPolicy` is None"))
        }
        if let grace = spec["terminationGracePeriodSeconds"]?.int, grace < 0 {
            errors.append(
                .invalid(
                    "\(path).terminationGracePeriodSeconds", .integer(grace), "must be greater than or equal to 0"))
        }
        if let deadline = spec["activeDeadlineSeconds"], let seconds = deadline.int,
            !(1...Int(Int32.max)).contains(seconds)
        {
            errors.append(
                .invalid("\(path).activeDeadlineSeconds", deadline, "must be between 1 and 2147483647, inclusive"))
        }
        errors += LabelValidation.errors(inLabels: spec["nodeSelector"], at: "\(path).nodeSelector")
        if let node = spec["nodeName"]?.string, !node.isEmpty {
            errors += NameRule.subdomain.faults(in: node).map { .invalid("\(path).nodeName", .string(node), $0) }
        }
        for member in ["hostname", "subdomain"] {
            guard let name = spec[member]?.string, !name.isEmpty else { continue }
            errors += NameRule.label.faults(in: name).map { .invalid("\(path).\(member)", .string(name), $0) }
        }
        if spec["schedulerName"]?.string == "" { errors.append(.required("\(path).schedulerName")) }
        errors += SchedulingValidation.errors(inTolerations: spec.elements("tolerations"), at: "\(path).tolerations")
        errors += SchedulingValidation.errors(inAffinity: spec["affinity"], at: "\(path).affinity")
        errors += SchedulingValidation.errors(
            inSpreadConstraints: spec.elements("topologySpreadConstraints"), at: "\(path).topologySpreadConstraints")
        for (index, alias) in spec.elements("hostAliases").enumerated() {
            let address = alias.text("ip")
            if IPv4Address(address) == nil, !address.contains(":") {
                errors.append(
                    .invalid(
                        "\(path).hostAliases[\(index)].ip", .string(address),
                        "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"))
            }
        }
    }

    private mutating func requireOneOf(_ spec: JSONValue, _ member: String, _ values: [String], at path: String) {
        let value = spec.text(member)
        if value.isEmpty {
            errors.append(.required("\(path).\(member)"))
        } else if !values.contains(value) {
            errors.append(.notSupported("\(path).\(member)", .string(value), values))
        }
    }

    private mutating func validateVolumes(_ list: [JSONValue], at path: String) {
        for (index, volume) in list.enumerated() {
            let place = "\(path)[\(index)]"
            let name = volume.text("name")
            if name.isEmpty {
                errors.append(.required("\(place).name"))
            } else {
                errors += NameRule.label.faults(in: name).map { .invalid("\(place).name", .string(name), $0) }
                if !volumes.insert(name).inserted {
                    errors.append(.duplicate("\(place).name", .string(name)))
                }
            }
            let sources = volume.object?.keys.filter { $0 != "name" && volume[$0]?.isNull == false } ?? []
            if sources.isEmpty {
                errors.append(.required(place, "must specify a volume type"))
            }
            for extra in sources.dropFirst() {
                errors.append(.forbidden("\(place).\(extra)", "may not specify more than 1 volume type"))
            }
            if let source = sources.first { validate(source, volume[source] ?? [:], at: "\(place).\(source)") }
        }
    }

    private mutating func validate(_ kind: String, _ source: JSONValue, at path: String) {
        switch kind {
        case "hostPath":
            let hostPath = source.text("path")
            if hostPath.isEmpty { errors.append(.required("\(path).path")) }
            if hostPath.split(separator: "/").contains("..") {
                errors.append(.invalid("\(path).path", .string(hostPath), "must not contain '..'"))
            }
            let types = [
                "", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice",
            ]
            if !types.contains(source.text("type")) {
                errors.append(.notSupported("\(path).type", .string(source.text("type")), types))
            }
        case "configMap":
            if source.text("name").isEmpty { errors.append(.required("\(path).name")) }
            validateItems(source.elements("items"), at: "\(path).items")
        case "secret":
            if source.text("secretName").isEmpty { errors.append(.required("\(path).secretName")) }
            validateItems(source.elements("items"), at: "\(path).items")
        case "persistentVolumeClaim":
            if source.text("claimName").isEmpty { errors.append(.required("\(path).claimName")) }
        default: break
        }
    }

    private mutating func validateItems(_ items: [JSONValue], at path: String) {
        for (index, item) in items.enumerated() {
            if item.text("key").isEmpty { errors.append(.required("\(path)[\(index)].key")) }
            let target = item.text("path")
            if target.isEmpty { errors.append(.required("\(path)[\(index)].path")) }
            if target.hasPrefix("/") {
                errors.append(.invalid("\(path)[\(index)].path", .string(target), "must be a relative path"))
            }
            if target.split(separator: "/").contains("..") {
                errors.append(.invalid("\(path)[\(index)].path", .string(target), "must not contain '..'"))
            }
        }
    }
}
