import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl create service`
enum CreateService {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "service", aliases: ["svc"], summary: Localized(ko: "서비스를 만듭니다.", en: "Creates a service."),
            usage: "(clusterip | nodeport) NAME --tcp=PORT:TARGET",
            subcommands: [
                kind(
                    kubectl, "clusterip", type: "ClusterIP",
                    Localized(ko: "클러스터 안에서 쓰는 주소", en: "An address inside the cluster"),
                    Flag(
                        "clusterip", .text, placeholder: "IP",
                        summary: Localized(ko: "이 주소로 (None: 주소 없이)", en: "this address (None: without one)"))),
                kind(
                    kubectl, "nodeport", type: "NodePort",
                    Localized(ko: "모든 노드의 포트로도 열리는 서비스", en: "A service that every node answers on a port"),
                    Flag(
                        "node-port", .integer, placeholder: "PORT",
                        summary: Localized(ko: "노드의 포트", en: "the port of the nodes"))),
            ])
    }

    private static func kind(_ kubectl: Kubectl, _ name: String, type: String, _ summary: Localized, _ flag: Flag)
        -> Command
    {
        Command(
            name, summary: summary, usage: "NAME --tcp=PORT:TARGET",
            examples: [
                (
                    "kubectl create service \(name) web --tcp=80:8080",
                    Localized(ko: "라벨이 app=web 인 파드의 8080 으로", en: "To port 8080 of pods labelled app=web")
                )
            ],
            flags: [
                Flag(
                    "tcp", .list, placeholder: "PORT:TARGET",
                    summary: Localized(ko: "서비스 포트와 컨테이너 포트", en: "service port and container port")), flag,
            ] + CreateVerb.commonFlags,
            run: kubectl.perform { call in
                let object = try service(call, type: type)
                try await CreateVerb.createGenerated(
                    call, .services, object, failure: "failed to create \(type) service")
            })
    }

    private static func service(_ call: Call, type: String) throws -> KubernetesObject {
        let name = try CreateVerb.name(call)
        let pairs = call.invocation.all("tcp").flatMap { $0.split(separator: ",").map(String.init) }
        let isHeadless = call.invocation["clusterip"] == "None"
        if pairs.isEmpty, !isHeadless {
            throw Failure.message(
                "at least one tcp port specifier must be provided",
                hint: Localized(ko: "예: --tcp=80:8080", en: "As in --tcp=80:8080"))
        }
        var object = KubernetesObject(.services, name: name)
        let labels: JSONValue = ["app": .string(name)]
        object.metadata["labels"] = labels
        object.spec = ["selector": labels, "type": .string(type)]
        if let address = call.invocation["clusterip"] { object.spec["clusterIP"] = .string(address) }
        let ports = try pairs.map { pair in
            var port = try self.port(pair)
            if let nodePort = call.invocation.integer("node-port") { port["nodePort"] = .integer(nodePort) }
            return port
        }
        if !ports.isEmpty { object.spec["ports"] = .array(ports) }
        object.status = ["loadBalancer": [:]]
        return object
    }

    private static func port(_ pair: String) throws -> JSONValue {
        let parts = pair.split(separator: ":", maxSplits: 1).map(String.init)
        guard let port = parts.first.flatMap({ Int($0) }), (1...65_535).contains(port) else {
            throw Failure.message("must be between 1 and 65535, inclusive")
        }
        let target = parts.count > 1 ? parts[1] : parts[0]
        return [
            "name": .string(parts.joined(separator: "-")), "port": .integer(port), "protocol": "TCP",
            "targetPort": Int(target).map { .integer($0) } ?? .string(target),
        ]
    }
}
