import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl set resources`
enum SetResources {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "resources", summary: Localized(ko: "컨테이너가 쓸 자원을 정합니다.", en: "Sets what containers may use."),
            usage: "(TYPE NAME | TYPE/NAME) [--limits=LIMITS] [--requests=REQUESTS]",
            examples: [
                (
                    "kubectl set resources deployment/web --requests=cpu=100m --limits=memory=64Mi",
                    Localized(ko: "요청과 한도", en: "Requests and limits")
                )
            ],
            flags: SetVerb.flags + [
                SharedFlags.container(kubectl),
                Flag(
                    "limits", .text, placeholder: "AMOUNTS",
                    summary: Localized(ko: "한도 (cpu=500m,memory=64Mi)", en: "limits (cpu=500m,memory=64Mi)")),
                Flag(
                    "requests", .text, placeholder: "AMOUNTS",
                    summary: Localized(ko: "요청 (cpu=100m)", en: "requests (cpu=100m)")),
            ], completeArgument: Completions(kubectl).kinds([.deployments]),
            run: kubectl.perform { try await run($0) })
    }

    private static func run(_ call: Call) async throws {
        var resources: JSONValue = [:]
        for member in ["limits", "requests"] {
            guard let text = call.invocation[member], !text.isEmpty else { continue }
            resources[member] = try amounts(text)
        }
        guard resources != [:] else {
            throw Failure.message(
                "you must specify an update to requests or limits (in the form of --requests/--limits)")
        }
        try await SetVerb.changeContainers(call, call.invocation.allArguments, "resource requirements updated") {
            _, containers in
            containers.map { container in
                if let only = call.invocation["container"], only != "*", only != container.text("name") { return nil }
                return ["name": container["name"] ?? "", "resources": resources]
            }
        }
    }

    private static func amounts(_ text: String) throws -> JSONValue {
        let members: [JSONObject.Member] = try text.split(separator: ",").map { part in
            let sides = part.split(separator: "=").map(String.init)
            guard sides.count == 2 else {
                throw Failure.message("invalid argument syntax \(part), expected <resource>=<value>")
            }
            guard Quantity(sides[1]) != nil else {
                throw Failure.message(
                    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
            }
            return (key: sides[0], value: .string(sides[1]))
        }
        return .object(JSONObject(members))
    }
}
