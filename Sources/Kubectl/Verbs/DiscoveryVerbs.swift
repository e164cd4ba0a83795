import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl api-resources`, `api-versions`, `cluster-info`, `version`: what cluster this is.
enum DiscoveryVerbs {
    /// Of this client, and of the cluster's API.
    static let version = "v1.34.0"

    static func resources(_ kubectl: Kubectl) -> Command {
        Command(
            "api-resources",
            summary: Localized(ko: "어떤 종류의 오브젝트가 있는지 보여 줍니다.", en: "Shows which kinds of objects there are."),
            usage: "[flags]",
            examples: [("kubectl api-resources", Localized(ko: "이름, 줄임말, 종류", en: "Names, short names, kinds"))],
            flags: [
                Flag(
                    "api-group", .text, placeholder: "GROUP", summary: Localized(ko: "이 그룹만", en: "only of this group")),
                Flag(
                    "namespaced",
                    summary: Localized(
                        ko: "네임스페이스에 드는 것만 (=false: 아닌 것만)", en: "only namespaced ones (=false: the others)")),
                Flag("no-headers", summary: Localized(ko: "표 머리를 뺍니다", en: "leaves the header out")),
                SharedFlags.output(["wide", "name"]),
                Flag(
                    "sort-by", .text, placeholder: "FIELD", summary: Localized(ko: "정렬", en: "order"),
                    allowed: ["name", "kind"]),
            ],
            run: kubectl.perform { try await printResources($0) })
    }

    private static let verbs = "create,delete,get,list,patch,update,watch"

    private static func printResources(_ call: Call) async throws {
        let invocation = call.invocation
        var resources = APIResource.all
        if let group = invocation["api-group"] { resources.removeAll { $0.group != group } }
        if invocation.has("namespaced") { resources.removeAll { $0.isNamespaced != invocation.isOn("namespaced") } }
        switch invocation["sort-by"] {
        case "name": resources.sort { $0.plural < $1.plural }
        case "kind": resources.sort { $0.kind < $1.kind }
        default: resources.sort { ($0.group, $0.plural) < ($1.group, $1.plural) }
        }
        let output = invocation["output"] ?? ""
        if output == "name" {
            for resource in resources { try await call.print(resource.qualifiedPlural) }
            return
        }
        guard output.isEmpty || output == "wide" else {
            throw Failure.message("--output \(output) is not available; allowed formats are: wide,name")
        }
        var rows = resources.map { resource in
            [
                resource.plural, resource.shortNames.joined(separator: ","), resource.apiVersion,
                "\(resource.isNamespaced)", resource.kind,
            ] + (output == "wide" ? [verbs, resource.categories.joined(separator: ",")] : [])
        }
        if !invocation.isOn("no-headers") {
            let wide = output == "wide" ? ["VERBS", "CATEGORIES"] : []
            rows.insert(["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"] + wide, at: 0)
        }
        try await call.write(TablePrinter(rows: rows, minimumWidths: Array(repeating: 3, count: 5)).text())
    }

    static func versions(_ kubectl: Kubectl) -> Command {
        Command(
            "api-versions",
            summary: Localized(ko: "API 의 그룹과 버전을 보여 줍니다.", en: "Shows the groups and versions of the API."),
            examples: [("kubectl api-versions", Localized(ko: "apiVersion 에 쓸 수 있는 것", en: "What apiVersion may say"))],
            run: kubectl.perform { call in
                for version in Set(APIResource.all.map(\.apiVersion)).sorted() { try await call.print(version) }
            })
    }

    static func clusterInfo(_ kubectl: Kubectl) -> Command {
        Command(
            "cluster-info", summary: Localized(ko: "클러스터가 어디 있는지 보여 줍니다.", en: "Shows where the cluster is."),
            examples: [("kubectl cluster-info", Localized(ko: "API 서버의 주소", en: "The address of the API server"))],
            run: kubectl.perform { call in
                let service = try await call.client.get(.services, namespace: "default", name: "kubernetes")
                let address = service.spec.text("clusterIP")
                let place = call.context.style("https://\(address):443", .yellow)
                let title = call.context.style("Kubernetes control plane", .green)
                try await call.print("\(title) is running at \(place)")
                try await call.print()
                try await call.print(
                    Localized(
                        ko: "이 클러스터는 kijabi 프로세스 안에 있습니다. 노드는 kubectl get nodes 로 보세요.",
                        en: "This cluster lives inside the kijabi process. See its nodes with kubectl get nodes.")(
                            call.context.language))
            })
    }

    static func version(_ kubectl: Kubectl) -> Command {
        Command(
            "version", summary: Localized(ko: "버전을 보여 줍니다.", en: "Shows the version."),
            usage: "[--client] [-o json|yaml]",
            examples: [("kubectl version", Localized(ko: "kubectl 과 클러스터의 버전", en: "Of kubectl and of the cluster"))],
            flags: [
                Flag("client", summary: Localized(ko: "kubectl 것만", en: "only kubectl's own")),
                SharedFlags.output(["json", "yaml"]),
            ],
            run: kubectl.perform { call in
                let isClientOnly = call.invocation.isOn("client")
                let info: JSONValue = ["gitVersion": .string(version), "major": "1", "minor": "34"]
                var document: JSONValue = ["clientVersion": info]
                if !isClientOnly { document["serverVersion"] = info }
                switch call.invocation["output"] ?? "" {
                case "":
                    try await call.print("Client Version: \(version)")
                    if !isClientOnly { try await call.print("Server Version: \(version)") }
                case "json": try await call.print(document.prettyPrinted(indent: 2))
                case "yaml": try await call.write(document.yamlText)
                default: throw Failure.message("--output must be 'yaml' or 'json'")
                }
            })
    }
}
