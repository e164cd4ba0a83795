import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl expose`
enum ExposeVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "expose",
            summary: Localized(ko: "파드들 앞에 서비스를 놓습니다.", en: "Puts a service before pods."),
            usage: "(TYPE NAME | TYPE/NAME) [--port=PORT] [--target-port=PORT] [--name=NAME] [--type=TYPE]",
            examples: [
                (
                    "kubectl expose deployment web --port=80 --target-port=8080",
                    Localized(ko: "80 번으로 오면 컨테이너의 8080 으로", en: "From port 80 to the containers' 8080")
                ),
                ("kubectl expose pod web --port=80 --name=front", Localized(ko: "이름을 달리해서", en: "Under another name")),
            ],
            flags: [
                Flag("port", .text, placeholder: "PORT", summary: Localized(ko: "서비스의 포트", en: "port of the service")),
                Flag(
                    "target-port", .text, placeholder: "PORT",
                    summary: Localized(ko: "컨테이너의 포트나 포트 이름", en: "port of the containers, or its name")),
                Flag("name", .text, placeholder: "NAME", summary: Localized(ko: "서비스 이름", en: "name of the service")),
                Flag(
                    "type", .text, placeholder: "TYPE", summary: Localized(ko: "서비스의 종류", en: "type of the service"),
                    fallback: "", allowed: ["ClusterIP", "NodePort", "LoadBalancer", ""]),
                Flag(
                    "protocol", .text, placeholder: "TCP|UDP", summary: Localized(ko: "프로토콜", en: "protocol")),
                Flag(
                    "selector", .text, placeholder: "LABELS",
                    summary: Localized(ko: "파드를 고르는 라벨", en: "labels of the pods")),
                Flag(
                    "labels", short: "l", .text, placeholder: "LABELS",
                    summary: Localized(ko: "서비스의 라벨", en: "labels of the service")),
                Flag(
                    "cluster-ip", .text, placeholder: "IP",
                    summary: Localized(ko: "서비스의 주소 (None: 없이)", en: "address of the service (None: without)")),
                Flag(
                    "session-affinity", .text, placeholder: "ClientIP|None",
                    summary: Localized(ko: "같은 손님을 같은 파드로", en: "the same client to the same pod")),
                SharedFlags.dryRun, SharedFlags.output,
                Flag("save-config", summary: Localized(ko: "다음 apply 를 위해 적어 둡니다", en: "notes it for a later apply")),
            ] + SharedFlags.files,
            completeArgument: Completions(kubectl).kinds([.deployments, .pods, .replicaSets, .services]),
            run: kubectl.perform { try await run($0) })
    }

    private static func run(_ call: Call) async throws {
        let selected = try await call.targets(call.invocation.allArguments)
        try await call.forEach(selected) { target in
            guard [.pods, .services, .deployments, .replicaSets].contains(target.resource) else {
                throw Failure.message("cannot expose a \(target.resource.kind)")
            }
            let service = try Exposure(call: call, object: try await call.fetch(target)).service()
            var printer = try ResultPrinter(call, dryRun: DryRun(call))
            let created = try await CreateVerb.create(call, .services, service)
            try await printer.report(.services, created, "exposed")
        }
    }
}

/// The Service that exposes an object.
private struct Exposure {
    let call: Call
    let object: KubernetesObject

    func service() throws -> KubernetesObject {
        let invocation = call.invocation
        var service = KubernetesObject(.services, name: invocation["name"] ?? object.name)
        let isDryRun = try DryRun(call) == .client
        if !isDryRun || call.isNamespaceExplicit { service.namespace = call.namespace }
        let labels = try invocation["labels"].map(Self.labels) ?? object.metadata["labels"]
        if let labels, !(labels.object?.isEmpty ?? true) { service.metadata["labels"] = labels }
        var spec: JSONValue = [:]
        if let address = invocation["cluster-ip"] { spec["clusterIP"] = .string(address) }
        let ports = try ports()
        if !ports.isEmpty { spec["ports"] = .array(ports) }
        spec["selector"] = try selector()
        if let affinity = invocation["session-affinity"] {
            guard affinity == "ClientIP" || affinity == "None" else {
                throw Failure.message("unknown session affinity: \(affinity)")
            }
            spec["sessionAffinity"] = .string(affinity)
        }
        if let type = invocation["type"], !type.isEmpty { spec["type"] = .string(type) }
        service.spec = spec
        service.status = ["loadBalancer": [:]]
        return service
    }

    private static func labels(_ text: String) throws -> JSONValue {
        let members: [JSONObject.Member] = try text.split(separator: ",").map { part in
            let sides = part.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2 else { throw Failure.message("unexpected label spec: \(part)") }
            return (key: sides[0], value: .string(sides[1]))
        }
        return .object(JSONObject(members))
    }

    private func selector() throws -> JSONValue {
        if let text = call.invocation["selector"], !text.isEmpty { return try Self.labels(text) }
        let failure = "couldn't retrieve selectors via --selector flag or introspection:"
        switch object.kind {
        case "Pod":
            guard let labels = object.metadata["labels"], !object.labels.isEmpty else {
                throw Failure.message("\(failure) the pod has no labels and cannot be exposed")
            }
            return labels
        case "Service":
            guard let selector = object.spec["selector"] else {
                throw Failure.message("\(failure) the service has no pod selector set")
            }
            return selector
        default:
            guard object.spec.at("selector", "matchExpressions")?.array?.isEmpty ?? true else {
                throw Failure.message(
                    "\(failure) couldn't convert expressions - "
                        + "\"\(object.spec.at("selector", "matchExpressions")?.jsonText ?? "")\" to map-based selector format"
                )
            }
            return object.spec.at("selector", "matchLabels") ?? [:]
        }
    }

    private func ports() throws -> [JSONValue] {
        let found = foundPorts()
        var numbers = (call.invocation["port"] ?? "").split(separator: ",").map(String.init)
        if numbers.isEmpty { numbers = found.map { $0.number } }
        if numbers.isEmpty, call.invocation["cluster-ip"] != "None" {
            throw Failure.message(
                "couldn't find port via --port flag or introspection",
                hint: Localized(ko: "포트를 적어 주세요: --port=80", en: "Name the port: --port=80"))
        }
        return try numbers.enumerated().map { index, text in
            guard let number = Int(text) else {
                throw Failure.message("strconv.Atoi: parsing \"\(text)\": invalid syntax")
            }
            let known = found.first { $0.number == text }?.protocolName
            var port: JSONValue = [:]
            if numbers.count > 1 { port["name"] = .string("port-\(index + 1)") }
            port["port"] = .integer(number)
            port["protocol"] = .string(call.invocation["protocol"] ?? known ?? "TCP")
            let target = call.invocation["target-port"] ?? ""
            port["targetPort"] = target.isEmpty ? .integer(number) : Int(target).map { .integer($0) } ?? .string(target)
            return port
        }
    }

    /// The ports that the object itself names.
    private func foundPorts() -> [(number: String, protocolName: String)] {
        let ports: [JSONValue]
        switch object.kind {
        case "Service": ports = object.spec["ports"]?.array ?? []
        case "Pod": ports = (object.spec["containers"]?.array ?? []).flatMap { $0["ports"]?.array ?? [] }
        default:
            let containers = object.spec.at("template", "spec", "containers")?.array ?? []
            ports = containers.flatMap { $0["ports"]?.array ?? [] }
        }
        return ports.map { port in
            let number = port.text(object.kind == "Service" ? "port" : "containerPort")
            return (number, port.text("protocol").isEmpty ? "TCP" : port.text("protocol"))
        }
    }
}
