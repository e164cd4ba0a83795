import Documents

enum ProbeKind: String, Sendable, CaseIterable {
    case startup = "Startup"
    case liveness = "Liveness"
    case readiness = "Readiness"

    /// The member of the container that holds it.
    var member: String {
        switch self {
        case .startup: "startupProbe"
        case .liveness: "livenessProbe"
        case .readiness: "readinessProbe"
        }
    }
}

/// A `v1.Probe`, with the defaults of the API where the server has not filled them in.
struct ProbeSpecification: Sendable, Equatable {
    var handler: HandlerSpecification
    var initialDelay: Duration
    var timeout: Duration
    var period: Duration
    var successThreshold: Int
    var failureThreshold: Int
    /// Overrides the Pod's grace when a failed probe stops the container.
    var terminationGrace: Duration?

    init?(_ document: JSONValue) {
        guard let handler = HandlerSpecification(document) else { return nil }
        self.handler = handler
        func seconds(_ member: String, _ fallback: Int) -> Duration {
            .seconds(document[member]?.int ?? fallback)
        }
        initialDelay = seconds("initialDelaySeconds", 0)
        timeout = max(.seconds(1), seconds("timeoutSeconds", 1))
        period = max(.seconds(1), seconds("periodSeconds", 10))
        successThreshold = max(1, document["successThreshold"]?.int ?? 1)
        failureThreshold = max(1, document["failureThreshold"]?.int ?? 3)
        terminationGrace = document["terminationGracePeriodSeconds"]?.int.map { .seconds($0) }
    }
}

/// What a probe or a lifecycle hook does.
enum HandlerSpecification: Sendable, Equatable {
    case exec(command: [String])
    case httpGet(HTTPGet)
    case tcpSocket(host: String?, port: Port)
    case sleep(Duration)
    /// A kind of handler that kijabi does not know how to run.
    case unsupported(String)

    /// A number, or the name of one of the container's ports.
    enum Port: Sendable, Equatable {
        case number(Int)
        case name(String)

        init?(_ document: JSONValue?) {
            if let number = document?.int {
                self = .number(number)
            } else if let name = document?.string, !name.isEmpty {
                self = Int(name).map { .number($0) } ?? .name(name)
            } else {
                return nil
            }
        }

        /// The number, looked up among the container's ports.
        func resolved(in container: JSONValue) -> UInt16? {
            switch self {
            case .number(let number): UInt16(exactly: number)
            case .name(let name):
                container["ports"]?.array?.first { $0["name"]?.string == name }?["containerPort"]?.int
                    .flatMap { UInt16(exactly: $0) }
            }
        }
    }

    struct HTTPGet: Sendable, Equatable {
        var host: String?
        var port: Port
        var path: String
        var isSecure: Bool
        var headers: [Header]

        struct Header: Sendable, Equatable {
            var name: String
            var value: String
        }
    }

    init?(_ document: JSONValue) {
        if let command = document.at("exec", "command")?.array?.compactMap(\.string) {
            self = .exec(command: command)
        } else if let get = document["httpGet"], let port = Port(get["port"]) {
            var path = get["path"]?.string ?? "/"
            if !path.hasPrefix("/") { path = "/" + path }
            self = .httpGet(
                HTTPGet(
                    host: get["host"]?.string.flatMap { $0.isEmpty ? nil : $0 }, port: port, path: path,
                    isSecure: get["scheme"]?.string?.uppercased() == "HTTPS",
                    headers: (get["httpHeaders"]?.array ?? []).compactMap { header in
                        header["name"]?.string.map { .init(name: $0, value: header["value"]?.string ?? "") }
                    }))
        } else if let socket = document["tcpSocket"], let port = Port(socket["port"]) {
            self = .tcpSocket(host: socket["host"]?.string.flatMap { $0.isEmpty ? nil : $0 }, port: port)
        } else if let seconds = document.at("sleep", "seconds")?.int {
            self = .sleep(.seconds(seconds))
        } else if document["grpc"] != nil {
            self = .unsupported("grpc")
        } else {
            return nil
        }
    }
}
