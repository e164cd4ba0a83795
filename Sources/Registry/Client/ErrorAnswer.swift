import Documents
import OCI

/// The explanation in a refusal (OCI distribution-spec, "Error Codes").
struct ErrorAnswer: Sendable, Hashable {
    /// `MANIFEST_UNKNOWN`, …
    var codes: [String] = []
    /// For people; empty if the registry explained nothing.
    var message = ""

    init(parsing bytes: [UInt8]) {
        guard let document = try? JSONValue(parsing: bytes) else { return }
        var messages: [String] = []
        for error in (document["errors"]?.array ?? []).prefix(8) {
            if let code = error["code"]?.string { codes.append(code) }
            let detail = error["detail"]?.string.map { ": " + $0 } ?? ""
            messages.append((error["message"]?.string ?? error["code"]?.string ?? "") + detail)
        }
        // Token servers and proxies say it their own way.
        if messages.isEmpty {
            messages = ["details", "message", "error"].compactMap { document[$0]?.string }.prefix(1) + []
        }
        message = Self.printable(messages.filter { !$0.isEmpty }.joined(separator: ", "))
    }

    /// One line that no terminal takes for a command.
    private static func printable(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(300).map { scalar in
            scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format ? " " : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// What a refusal means.
    func error(_ status: Int, host: String) -> RegistryError {
        switch status {
        case 401, 403: .unauthorized(host: host, detail: message.isEmpty ? "access denied (\(status))" : message)
        case 404: .notFound(detail: message.isEmpty ? "not found" : message)
        case 429: .rateLimited(host: host, detail: message.isEmpty ? "too many requests" : message)
        default: .refused(host: host, status: status, detail: message)
        }
    }
}
