import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl set env`
enum SetEnv {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "env", summary: Localized(ko: "컨테이너의 환경 변수를 바꿉니다.", en: "Changes environment variables of containers."),
            usage: "(TYPE NAME | TYPE/NAME) NAME=VALUE… NAME-…",
            examples: [
                ("kubectl set env deployment/web COLOR=blue", Localized(ko: "COLOR 를 blue 로", en: "COLOR is blue")),
                ("kubectl set env deployment/web COLOR-", Localized(ko: "COLOR 를 없애기", en: "Without COLOR")),
                ("kubectl set env deployment/web --list", Localized(ko: "지금 것 보기", en: "What there is")),
            ],
            flags: SetVerb.flags + [
                SharedFlags.container(kubectl),
                Flag("list", summary: Localized(ko: "지금 것을 보여 줍니다", en: "shows what there is")),
                Flag(
                    "overwrite", summary: Localized(ko: "있던 값을 바꿉니다", en: "replaces values that are there"),
                    fallback: "true"),
            ], completeArgument: Completions(kubectl).kinds([.deployments, .pods]),
            run: kubectl.perform { try await run($0) })
    }

    private static func run(_ call: Call) async throws {
        let (resources, changes) = SetVerb.split(call.invocation.allArguments)
        if call.invocation.isOn("list") { return try await list(call, resources) }
        guard !changes.isEmpty else { throw Failure.message("at least one environment variable must be provided") }
        try await SetVerb.changeContainers(call, resources, "env updated") { _, containers in
            try containers.map { container in
                if let only = call.invocation["container"], only != "*", only != container.text("name") { return nil }
                let present = container["env"]?.array ?? []
                var entries: [JSONValue] = []
                for change in changes {
                    if let entry = try entry(call, change, present) { entries.append(entry) }
                }
                return entries.isEmpty ? nil : ["name": container["name"] ?? "", "env": .array(entries)]
            }
        }
    }

    /// The entry of a strategic merge patch for one change; nil where nothing changes.
    private static func entry(_ call: Call, _ change: String, _ present: [JSONValue]) throws -> JSONValue? {
        guard let equals = change.firstIndex(of: "=") else {
            let name = String(change.dropLast())
            let isThere = present.contains { $0.text("name") == name }
            return isThere ? ["$patch": "delete", "name": .string(name)] : nil
        }
        let (name, value) = (String(change[..<equals]), String(change[change.index(after: equals)...]))
        let old = present.first { $0.text("name") == name }
        if let old, old.text("value") == value, old["valueFrom"] == nil { return nil }
        if let old, !call.invocation.isOn("overwrite") {
            throw Failure.message("'\(name)' already has a value (\(old.text("value"))), and --overwrite is false")
        }
        var entry: JSONValue = ["name": .string(name), "value": .string(value)]
        if old?["valueFrom"] != nil { entry["valueFrom"] = .null }
        return entry
    }

    private static func list(_ call: Call, _ resources: [String]) async throws {
        try await call.forEach(try await call.targets(resources)) { target in
            let object = try await call.fetch(target)
            let path = try SetVerb.podSpecPath(target.resource)
            for container in object.document.at(path + ["containers"])?.array ?? [] {
                try await call.print("# \(target.resource.plural)/\(target.name), container \(container.text("name"))")
                for variable in container["env"]?.array ?? [] {
                    let name = variable.text("name")
                    if let source = variable["valueFrom"] {
                        try await call.print("# \(name) from \(source.sorted.jsonText)")
                    } else {
                        try await call.print("\(name)=\(variable.text("value"))")
                    }
                }
            }
        }
    }
}
