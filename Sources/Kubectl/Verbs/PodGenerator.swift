import Commands
import Documents
import KubernetesAPI

/// The objects a `run` line stands for.
struct PodGenerator {
    let call: Call
    let restartPolicy: String

    func pod() throws -> KubernetesObject {
        let invocation = call.invocation
        let name = invocation.arguments[0]
        var object = KubernetesObject(.pods, name: name)
        let annotations = try pairs(invocation.all("annotations"), what: "annotation")
        if !annotations.isEmpty { object.metadata["annotations"] = .object(JSONObject(annotations)) }
        object.metadata["labels"] = try labels(name)
        var container: JSONValue = [:]
        let words = Array(invocation.arguments.dropFirst()) + (invocation.afterDashes ?? [])
        if !words.isEmpty {
            container[invocation.isOn("command") ? "command" : "args"] = .array(words.map { .string($0) })
        }
        let environment = try pairs(invocation.all("env"), what: "env")
        if !environment.isEmpty {
            container["env"] = .array(environment.map { ["name": .string($0.key), "value": $0.value] })
        }
        container["image"] = .string(invocation["image"] ?? "")
        if let policy = invocation["image-pull-policy"], !policy.isEmpty {
            container["imagePullPolicy"] = .string(policy)
        }
        container["name"] = .string(name)
        if let port = try port() { container["ports"] = [["containerPort": .integer(port)]] }
        container["resources"] = [:]
        if invocation.isOn("privileged") { container["securityContext"] = ["privileged": true] }
        if invocation.isOn("stdin") {
            container["stdin"] = true
            if !invocation.isOn("leave-stdin-open") { container["stdinOnce"] = true }
        }
        if invocation.isOn("tty") { container["tty"] = true }
        object.spec = [
            "containers": [container], "dnsPolicy": "ClusterFirst", "restartPolicy": .string(restartPolicy),
        ]
        object.status = [:]
        return object
    }

    func service(for pod: KubernetesObject) throws -> KubernetesObject {
        let port = try port() ?? 0
        var object = KubernetesObject(.services, name: call.invocation.arguments[0])
        object.spec = [
            "ports": [["port": .integer(port), "protocol": "TCP", "targetPort": .integer(port)]],
            "selector": try labels(call.invocation.arguments[0]),
        ]
        object.status = ["loadBalancer": [:]]
        return object
    }

    private func labels(_ name: String) throws -> JSONValue {
        guard let text = call.invocation["labels"], !text.isEmpty else { return ["run": .string(name)] }
        let parts = text.split(separator: ",").map(String.init)
        return .object(JSONObject(try pairs(parts, what: "label spec")))
    }

    private func port() throws -> Int? {
        guard let text = call.invocation["port"], !text.isEmpty else { return nil }
        guard let port = Int(text) else {
            throw Failure.message("strconv.Atoi: parsing \"\(text)\": invalid syntax")
        }
        return port
    }

    private func pairs(_ texts: [String], what: String) throws -> [JSONObject.Member] {
        try texts.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else { throw Failure.message("invalid \(what): \(text)") }
            return (key: String(parts[0]), value: .string(String(parts[1])))
        }
    }
}
