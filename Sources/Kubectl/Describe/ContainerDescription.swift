import Documents
import KubernetesAPI

extension Description {
    /// - Parameters:
    ///   - statuses: their state, where they belong to a Pod that exists
    ///   - pod: the Pod whose fields environment variables may refer to
    ///   - indented: below the heading of a template
    mutating func containers(
        _ title: String, _ containers: JSONValue?, _ statuses: JSONValue?, of pod: KubernetesObject?,
        indented: Bool = false
    ) {
        guard let containers = containers?.array else { return }
        if containers.isEmpty, title != "Containers" { return }
        line("\(indented ? "  " : "")\(title):\(containers.isEmpty ? " <none>" : "")")
        for container in containers {
            let status = statuses?.array?.first { $0["name"] == container["name"] }
            line(1, (indented ? " " : "") + container.text("name") + ":")
            basics(container, status)
            words("Command", container["command"])
            words("Args", container["args"])
            if let status { state(of: status) }
            resources(container["resources"])
            for (title, member) in [
                ("Liveness", "livenessProbe"), ("Readiness", "readinessProbe"), ("Startup", "startupProbe"),
            ] {
                if let probe = container[member] { field(title, Self.text(ofProbe: probe), level: 2) }
            }
            environment(container, pod)
            mounts(container["volumeMounts"]?.array ?? [])
        }
    }

    private mutating func basics(_ container: JSONValue, _ status: JSONValue?) {
        if let status { field("Container ID", status.text("containerID"), level: 2) }
        field("Image", container.text("image"), level: 2)
        if let status { field("Image ID", status.text("imageID"), level: 2) }
        let ports = container["ports"]?.array ?? []
        for (title, member) in [("Port", "containerPort"), ("Host Port", "hostPort")] {
            let texts = ports.map { port in
                let protocolName = port.text("protocol").isEmpty ? "TCP" : port.text("protocol")
                let number = port.text(member).isEmpty ? "0" : port.text(member)
                let name = port.text("name")
                return "\(number)/\(protocolName)" + (name.isEmpty ? "" : " (\(name))")
            }
            field(
                texts.count > 1 ? title + "s" : title, texts.isEmpty ? "<none>" : texts.joined(separator: ", "),
                level: 2)
        }
    }

    private mutating func words(_ title: String, _ words: JSONValue?) {
        guard let words = words?.array, !words.isEmpty else { return }
        line(2, "\(title):")
        for word in words {
            for part in (word.string ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
                line(3, String(part))
            }
        }
    }

    private mutating func state(of status: JSONValue) {
        state("State", status["state"] ?? [:])
        if status.at("lastState", "terminated") != nil { state("Last State", status["lastState"] ?? [:]) }
        field("Ready", status["ready"]?.bool ?? false ? "True" : "False", level: 2)
        field("Restart Count", "\(status["restartCount"]?.int ?? 0)", level: 2)
    }

    private mutating func state(_ title: String, _ state: JSONValue) {
        if let running = state["running"] {
            field(title, "Running", level: 2)
            field("Started", running.moment("startedAt"), level: 3)
        } else if let terminated = state["terminated"] {
            field(title, "Terminated", level: 2)
            for (title, member) in [("Reason", "reason"), ("Message", "message")]
            where !terminated.text(member).isEmpty {
                field(title, terminated.text(member), level: 3)
            }
            field("Exit Code", terminated.text("exitCode"), level: 3)
            if let signal = terminated["signal"]?.int, signal > 0 { field("Signal", "\(signal)", level: 3) }
            field("Started", terminated.moment("startedAt"), level: 3)
            field("Finished", terminated.moment("finishedAt"), level: 3)
        } else {
            field(title, "Waiting", level: 2)
            let reason = state.text("waiting", "reason")
            if !reason.isEmpty { field("Reason", reason, level: 3) }
        }
    }

    private mutating func resources(_ resources: JSONValue?) {
        for (title, member) in [("Limits", "limits"), ("Requests", "requests")] {
            guard let amounts = resources?[member]?.object, !amounts.isEmpty else { continue }
            line(2, "\(title):")
            for (name, amount) in amounts.sorted(by: { $0.key < $1.key }) {
                let text = amount.string ?? amount.int.map(String.init) ?? ""
                field(name, Quantity(text)?.description ?? text, level: 3)
            }
        }
    }

    private mutating func environment(_ container: JSONValue, _ pod: KubernetesObject?) {
        let sources = container["envFrom"]?.array ?? []
        if !sources.isEmpty {
            line(2, "Environment Variables from:")
            for source in sources {
                let isMap = source["configMapRef"] != nil
                let reference = source[isMap ? "configMapRef" : "secretRef"] ?? [:]
                let prefix = source.text("prefix")
                let kind = (isMap ? "ConfigMap" : "Secret") + (prefix.isEmpty ? "" : " with prefix '\(prefix)'")
                line(3, "\(reference.text("name"))\t\(kind)\tOptional: \(reference["optional"]?.bool ?? false)")
            }
        }
        let variables = container["env"]?.array ?? []
        line(2, "Environment:" + (variables.isEmpty ? "\t<none>" : ""))
        for variable in variables { self.variable(variable, pod) }
    }

    private mutating func variable(_ variable: JSONValue, _ pod: KubernetesObject?) {
        let name = variable.text("name")
        guard let source = variable["valueFrom"] else {
            let parts = variable.text("value").split(separator: "\n", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() { line(3, index == 0 ? "\(name):\t\(part)" : "\t\(part)") }
            return
        }
        if let field = source["fieldRef"] {
            let path = field.text("fieldPath")
            let value = pod?.document.at(path.split(separator: ".").map(String.init))?.string ?? ""
            let version = field.text("apiVersion").isEmpty ? "v1" : field.text("apiVersion")
            line(3, "\(name):\t\(value) (\(version):\(path))")
        } else if let field = source["resourceFieldRef"] {
            line(3, "\(name):\t (\(field.text("resource")))")
        } else if let key = source["configMapKeyRef"] ?? source["secretKeyRef"] {
            let place = source["configMapKeyRef"] != nil ? "of config map" : "in secret"
            line(
                3,
                "\(name):\t<set to the key '\(key.text("key"))' \(place) '\(key.text("name"))'>\t"
                    + "Optional: \(key["optional"]?.bool ?? false)")
        }
    }

    private mutating func mounts(_ mounts: [JSONValue]) {
        line(2, "Mounts:" + (mounts.isEmpty ? "\t<none>" : ""))
        for mount in mounts.sorted(by: { $0.text("mountPath") < $1.text("mountPath") }) {
            var flags = [mount["readOnly"]?.bool ?? false ? "ro" : "rw"]
            if !mount.text("subPath").isEmpty { flags.append("path=\"\(mount.text("subPath"))\"") }
            line(3, "\(mount.text("mountPath")) from \(mount.text("name")) (\(flags.joined(separator: ",")))")
        }
    }

    private static func text(ofProbe probe: JSONValue) -> String {
        func number(_ member: String, _ fallback: Int) -> Int { probe[member]?.int ?? fallback }
        let attributes =
            "delay=\(number("initialDelaySeconds", 0))s timeout=\(number("timeoutSeconds", 1))s "
            + "period=\(number("periodSeconds", 10))s #success=\(number("successThreshold", 1)) "
            + "#failure=\(number("failureThreshold", 3))"
        if let exec = probe["exec"] {
            return "exec [\(exec.texts("command").joined(separator: " "))] \(attributes)"
        }
        if let http = probe["httpGet"] {
            let scheme = http.text("scheme").isEmpty ? "http" : http.text("scheme").lowercased()
            return "http-get \(scheme)://\(http.text("host")):\(http.text("port"))\(http.text("path")) \(attributes)"
        }
        if let socket = probe["tcpSocket"] {
            return "tcp-socket \(socket.text("host")):\(socket.text("port")) \(attributes)"
        }
        return "unknown \(attributes)"
    }
}
