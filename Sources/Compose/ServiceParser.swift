import Documents

/// Reads one service. What a container is made of becomes the words of a `docker create`, so that a service means exactly
/// what the same container means when somebody types it.
struct ServiceParser {
    let name: String
    let node: ComposeNode
    let project: ProjectScope

    static let keys =
        Array(flags.keys) + Array(lists.keys) + Array(toggles.keys) + [
            "image", "build", "container_name", "scale", "deploy", "depends_on", "profiles", "networks", "network_mode",
            "entrypoint", "command", "healthcheck", "environment", "env_file", "labels", "ports", "volumes", "tmpfs",
            "ulimits", "sysctls", "storage_opt", "extra_hosts", "extends", "logging", "links", "configs", "secrets",
            "stop_grace_period",
            "annotations", "attach", "label_file", "develop",
        ]

    /// Keys with one value, and the flag that says the same.
    private static let flags = [
        "hostname": "--hostname", "domainname": "--domainname", "user": "--user", "working_dir": "--workdir",
        "restart": "--restart", "stop_signal": "--stop-signal", "mem_limit": "--memory",
        "mem_reservation": "--memory-reservation", "memswap_limit": "--memory-swap", "cpus": "--cpus",
        "cpu_shares": "--cpu-shares", "cpu_quota": "--cpu-quota", "cpu_period": "--cpu-period",
        "cpuset": "--cpuset-cpus", "pids_limit": "--pids-limit", "shm_size": "--shm-size",
        "oom_score_adj": "--oom-score-adj", "pid": "--pid", "ipc": "--ipc", "uts": "--uts", "userns_mode": "--userns",
        "cgroup": "--cgroupns", "platform": "--platform", "mac_address": "--mac-address", "runtime": "--runtime",
    ]
    /// Keys with several values, each a flag of its own.
    private static let lists = [
        "cap_add": "--cap-add", "cap_drop": "--cap-drop", "dns": "--dns", "dns_search": "--dns-search",
        "dns_opt": "--dns-option", "devices": "--device", "expose": "--expose", "security_opt": "--security-opt",
        "group_add": "--group-add", "volumes_from": "--volumes-from",
    ]
    private static let toggles = [
        "privileged": "--privileged", "read_only": "--read-only", "init": "--init", "stdin_open": "--interactive",
        "tty": "--tty",
    ]

    func parse() throws(ComposeError) -> ServiceDefinition {
        try node.allow(only: Self.keys + ["pull_policy"])
        var service = ServiceDefinition(
            name: name, image: try node["image"]?.text(), build: try build(), containerName: nil, replicas: 1,
            dependencies: [], profiles: try node["profiles"]?.list() ?? [], networks: [], networkMode: nil,
            options: [], volumes: [], entrypoint: nil, command: nil, healthCheck: nil)
        if service.image == nil, service.build == nil {
            throw node.fault(
                .undefined(
                    "service \"\(name)\" has neither an image nor a build context specified: invalid compose project"))
        }
        service.containerName = try node["container_name"]?.text()
        service.replicas = try replicas()
        if let container = service.containerName, service.replicas > 1 {
            throw node.fault(
                .other(
                    "services.\(name): can't set container_name \"\(container)\" and replicas \(service.replicas): "
                        + "container name must be unique"))
        }
        service.dependencies = try dependencies()
        (service.networks, service.networkMode) = try networks()
        service.entrypoint = try node["entrypoint"]?.words()
        service.command = try node["command"]?.words()
        service.healthCheck = try node["healthcheck"].map { node throws(ComposeError) in try health(node) }
        (service.options, service.volumes) = try options()
        service.watches = try watchRules()
        return service
    }

    private func build() throws(ComposeError) -> BuildDefinition? {
        guard let build = node["build"] else { return nil }
        if build.isText {
            return BuildDefinition(context: project.path(try build.text()), dockerfile: nil, target: nil, arguments: [])
        }
        try build.allow(only: [
            "context", "dockerfile", "target", "args", "labels", "network", "no_cache", "pull", "platforms", "tags",
            "cache_from", "cache_to", "shm_size", "ssh", "secrets", "extra_hosts", "dockerfile_inline",
        ])
        let arguments = try build["args"]?.assignments() ?? []
        return BuildDefinition(
            context: project.path(try build["context"]?.text() ?? "."), dockerfile: try build["dockerfile"]?.text(),
            target: try build["target"]?.text(),
            arguments: arguments.compactMap { entry in
                (entry.value ?? project.variables[entry.name]).map { "\(entry.name)=\($0)" }
            })
    }

    private func replicas() throws(ComposeError) -> Int {
        let wanted = try (node["scale"] ?? node["deploy"]?["replicas"])?.integer() ?? 1
        guard (0...1000).contains(wanted) else { throw node.fault(.other("services.\(name): \(wanted) replicas")) }
        return wanted
    }

    private func dependencies() throws(ComposeError) -> [ServiceDependency] {
        var found: [ServiceDependency] = []
        if let list = node["depends_on"] {
            if list.isList {
                for service in try list.list() {
                    found.append(ServiceDependency(service: service, condition: .started, isRequired: true))
                }
            } else {
                for (service, details) in try list.members() {
                    try details.allow(only: ["condition", "restart", "required"])
                    let text = try details["condition"]?.text() ?? ServiceDependency.Condition.started.rawValue
                    guard let condition = ServiceDependency.Condition(rawValue: text) else {
                        let all = ServiceDependency.Condition.allCases.map(\.rawValue).joined(separator: ", ")
                        throw details.expected("one of \(all)")
                    }
                    found.append(
                        ServiceDependency(
                            service: service, condition: condition, isRequired: try details["required"]?.flag() ?? true)
                    )
                }
            }
        }
        for link in try node["links"]?.list() ?? [] {
            let service = String(link.prefix { $0 != ":" })
            if !found.contains(where: { $0.service == service }) {
                found.append(ServiceDependency(service: service, condition: .started, isRequired: true))
            }
        }
        if let mode = try node["network_mode"]?.text(), mode.hasPrefix("service:") {
            let service = String(mode.dropFirst("service:".count))
            if !found.contains(where: { $0.service == service }) {
                found.append(ServiceDependency(service: service, condition: .started, isRequired: true))
            }
        }
        return found
    }

    private func networks() throws(ComposeError) -> ([NetworkUse], String?) {
        let mode = try node["network_mode"]?.text()
        guard let list = node["networks"] else {
            return (mode == nil ? [NetworkUse(network: "default", aliases: [name], address: nil)] : [], mode)
        }
        if mode != nil {
            throw node.fault(.other("services.\(name) declares mutually exclusive `network_mode` and `networks`"))
        }
        var uses: [NetworkUse] = []
        if list.isList {
            for network in try list.list() { uses.append(NetworkUse(network: network, aliases: [name], address: nil)) }
        } else {
            for (network, details) in try list.members() {
                try details.allow(only: [
                    "aliases", "ipv4_address", "ipv6_address", "priority", "mac_address", "link_local_ips",
                    "driver_opts",
                    "gw_priority", "interface_name",
                ])
                uses.append(
                    NetworkUse(
                        network: network, aliases: [name] + (try details["aliases"]?.list() ?? []),
                        address: try details["ipv4_address"]?.text()))
            }
        }
        return (uses, nil)
    }

    private func health(_ node: ComposeNode) throws(ComposeError) -> HealthDefinition {
        try node.allow(only: [
            "test", "interval", "timeout", "retries", "start_period", "start_interval", "disable",
        ])
        func seconds(_ key: String) throws(ComposeError) -> Double? {
            guard let field = node[key] else { return nil }
            guard let seconds = DurationText.seconds(try field.text()) else { throw field.expected("a duration") }
            return seconds
        }
        var health = HealthDefinition(
            test: nil, interval: try seconds("interval"), timeout: try seconds("timeout"),
            startPeriod: try seconds("start_period"), startInterval: try seconds("start_interval"),
            retries: try node["retries"]?.integer())
        if try node["disable"]?.flag() == true { health.test = HealthDefinition.Test.none }
        guard let test = node["test"] else { return health }
        if test.isText {
            health.test = .shell(try test.text())
            return health
        }
        let words = try test.list()
        switch words.first {
        case "NONE": health.test = HealthDefinition.Test.none
        case "CMD" where words.count > 1: health.test = .command(Array(words.dropFirst()))
        case "CMD-SHELL" where words.count == 2: health.test = .shell(words[1])
        default: throw test.fault(.other("\(test.path) must begin with NONE, CMD or CMD-SHELL"))
        }
        return health
    }

    // MARK: Words of docker create

    private func options() throws(ComposeError) -> (words: [String], volumes: [String]) {
        var words: [String] = []
        for (key, flag) in Self.flags.sorted(by: { $0.key < $1.key }) {
            if let value = node[key] { words += [flag, try value.text()] }
        }
        for (key, flag) in Self.lists.sorted(by: { $0.key < $1.key }) {
            for value in try node[key]?.texts() ?? [] { words += [flag, value] }
        }
        for (key, flag) in Self.toggles.sorted(by: { $0.key < $1.key }) where try node[key]?.flag() == true {
            words.append(flag)
        }
        if let grace = node["stop_grace_period"] {
            guard let seconds = DurationText.seconds(try grace.text()) else { throw grace.expected("a duration") }
            words += ["--stop-timeout", "\(Int(seconds.rounded(.up)))"]
        }
        if let policy = try node["pull_policy"]?.text(), ["always", "missing", "never"].contains(policy) {
            words += ["--pull", policy]
        }
        try environment(&words)
        for (label, value) in try node["labels"]?.assignments() ?? [] {
            words += ["--label", "\(label)=\(value ?? "")"]
        }
        try mappings(&words)
        try deployment(&words)
        let volumes = try VolumeWords(service: self).append(to: &words)
        for port in try node["ports"]?.elements() ?? [] { words += ["--publish", try PortWords.text(port)] }
        return (words, volumes)
    }

    private func environment(_ words: inout [String]) throws(ComposeError) {
        var order: [String] = []
        var values: [String: String] = [:]
        func set(_ name: String, _ value: String) {
            if values.updateValue(value, forKey: name) == nil { order.append(name) }
        }
        for file in try node["env_file"].map({ node throws(ComposeError) in try Self.environmentFiles(node) }) ?? [] {
            guard let text = project.readFile(project.path(file.path)) else {
                if !file.isRequired { continue }
                throw node.fault(.other("env file \(project.path(file.path)) not found"))
            }
            for (name, value) in try EnvironmentFile.parse(text, file: file.path, variables: project.variables) {
                set(name, value)
            }
        }
        for (name, value) in try node["environment"]?.assignments() ?? [] {
            if let value = value ?? project.variables[name] { set(name, value) }
        }
        for name in order { words += ["--env", "\(name)=\(values[name] ?? "")"] }
    }

    private static func environmentFiles(_ node: ComposeNode) throws(ComposeError) -> [(path: String, isRequired: Bool)]
    {
        guard node.isList else { return [(try node.text(), true)] }
        var files: [(path: String, isRequired: Bool)] = []
        for element in try node.elements() {
            if let path = element["path"] {
                files.append((try path.text(), try element["required"]?.flag() ?? true))
            } else {
                files.append((try element.text(), true))
            }
        }
        return files
    }

    private func mappings(_ words: inout [String]) throws(ComposeError) {
        for (name, value) in try node["sysctls"]?.assignments() ?? [] {
            words += ["--sysctl", "\(name)=\(value ?? "")"]
        }
        for (host, address) in try node["extra_hosts"].map({ node throws(ComposeError) in try Self.hosts(node) }) ?? []
        {
            words += ["--add-host", "\(host):\(address)"]
        }
        for (name, limit) in try node["ulimits"]?.members() ?? [] {
            if limit["soft"] != nil || limit["hard"] != nil {
                let soft = try limit["soft"]?.integer() ?? -1
                words += ["--ulimit", "\(name)=\(soft):\(try limit["hard"]?.integer() ?? soft)"]
            } else {
                words += ["--ulimit", "\(name)=\(try limit.integer())"]
            }
        }
        for (name, value) in try node["storage_opt"]?.assignments() ?? [] {
            words += ["--storage-opt", "\(name)=\(value ?? "")"]
        }
        for mount in try node["tmpfs"]?.texts() ?? [] { words += ["--tmpfs", mount] }
    }

    private static func hosts(_ node: ComposeNode) throws(ComposeError) -> [(String, String)] {
        guard node.isList else {
            return try node.assignments().map { ($0.name, $0.value ?? "") }
        }
        var hosts: [(String, String)] = []
        for entry in try node.list() {
            guard let cut = entry.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                throw node.fault(.other("\(node.path): bad host name '\(entry)': expected HOST=ADDRESS"))
            }
            hosts.append((String(entry[..<cut]), String(entry[entry.index(after: cut)...])))
        }
        return hosts
    }

    private func deployment(_ words: inout [String]) throws(ComposeError) {
        guard let deploy = node["deploy"] else { return }
        try deploy.allow(only: [
            "replicas", "resources", "restart_policy", "mode", "labels", "placement", "update_config",
            "rollback_config",
            "endpoint_mode",
        ])
        let limits = deploy["resources"]?["limits"]
        if let cpus = limits?["cpus"], node["cpus"] == nil { words += ["--cpus", try cpus.text()] }
        if let memory = limits?["memory"], node["mem_limit"] == nil { words += ["--memory", try memory.text()] }
        if let pids = limits?["pids"], node["pids_limit"] == nil { words += ["--pids-limit", try pids.text()] }
        if let memory = deploy["resources"]?["reservations"]?["memory"], node["mem_reservation"] == nil {
            words += ["--memory-reservation", try memory.text()]
        }
        if let condition = try deploy["restart_policy"]?["condition"]?.text(), node["restart"] == nil {
            let attempts = try deploy["restart_policy"]?["max_attempts"]?.integer()
            switch condition {
            case "any": words += ["--restart", "always"]
            case "on-failure": words += ["--restart", attempts.map { "on-failure:\($0)" } ?? "on-failure"]
            default: break
            }
        }
    }
}
