import Documents

/// The rules for probes and lifecycle hooks.
enum ProbeValidation {
    static func errors(in probe: JSONValue, at path: String, mustSucceedOnce: Bool) -> [FieldError] {
        var errors = errors(inHandler: probe, at: path)
        for member in [
            "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold",
        ] {
            guard let value = probe[member], let number = value.int, number < 0 else { continue }
            errors.append(.invalid("\(path).\(member)", value, "must be greater than or equal to 0"))
        }
        if mustSucceedOnce, let threshold = probe["successThreshold"], threshold.int != 1 {
            errors.append(.invalid("\(path).successThreshold", threshold, "must be 1"))
        }
        return errors
    }

    static func errors(inHandler handler: JSONValue, at path: String) -> [FieldError] {
        let kinds = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"].filter { handler[$0]?.object != nil }
        guard let kind = kinds.first else { return [.required(path, "must specify a handler type")] }
        var errors: [FieldError] = kinds.dropFirst().map {
            .forbidden("\(path).\($0)", "may not specify more than 1 handler type")
        }
        let action = handler[kind] ?? [:]
        switch kind {
        case "exec":
            if action.elements("command").isEmpty { errors.append(.required("\(path).exec.command")) }
        case "httpGet":
            if action.text("path").isEmpty { errors.append(.required("\(path).httpGet.path")) }
            errors += PortValidation.errors(inNumberOrName: action["port"] ?? 0, at: "\(path).httpGet.port")
            if !["HTTP", "HTTPS"].contains(action.text("scheme")) {
                errors.append(
                    .notSupported("\(path).httpGet.scheme", .string(action.text("scheme")), ["HTTP", "HTTPS"]))
            }
        case "tcpSocket":
            errors += PortValidation.errors(inNumberOrName: action["port"] ?? 0, at: "\(path).tcpSocket.port")
        case "grpc": errors += PortValidation.errors(in: action["port"] ?? 0, at: "\(path).grpc.port")
        default: break
        }
        return errors
    }
}
