public import Documents

/// What the API answers when it refuses: the `Status` object of Kubernetes (apimachinery `metav1.Status`), as an error.
public struct Status: Error, Sendable, Hashable {
    /// `metav1.StatusReason`, with its HTTP status code.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        case badRequest = "BadRequest"
        case unauthorized = "Unauthorized"
        case forbidden = "Forbidden"
        case notFound = "NotFound"
        case alreadyExists = "AlreadyExists"
        case conflict = "Conflict"
        case gone = "Gone"
        case expired = "Expired"
        case invalid = "Invalid"
        case methodNotAllowed = "MethodNotAllowed"
        case notAcceptable = "NotAcceptable"
        case requestEntityTooLarge = "RequestEntityTooLarge"
        case unsupportedMediaType = "UnsupportedMediaType"
        case tooManyRequests = "TooManyRequests"
        case internalError = "InternalError"
        case serviceUnavailable = "ServiceUnavailable"
        case timeout = "Timeout"

        public var code: Int {
            switch self {
            case .badRequest: 400
            case .unauthorized: 401
            case .forbidden: 403
            case .notFound: 404
            case .methodNotAllowed: 405
            case .notAcceptable: 406
            case .alreadyExists, .conflict: 409
            case .gone, .expired: 410
            case .requestEntityTooLarge: 413
            case .unsupportedMediaType: 415
            case .invalid: 422
            case .tooManyRequests: 429
            case .internalError: 500
            case .serviceUnavailable: 503
            case .timeout: 504
            }
        }
    }

    /// One fault in a field (`metav1.StatusCause`).
    public struct Cause: Sendable, Hashable {
        /// `FieldValueRequired`, `FieldValueInvalid`, `FieldValueNotSupported`, …
        public var reason: String
        public var message: String
        /// `spec.containers[0].image`
        public var field: String

        public init(reason: String, message: String, field: String) {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }

    public var reason: Reason
    /// In the words of the real API server: `pods "web" not found`.
    public var message: String
    /// Name, group and kind (or plural) of the object concerned.
    public var name: String
    public var group: String
    public var kind: String
    public var causes: [Cause]

    public init(
        _ reason: Reason, _ message: String, name: String = "", group: String = "", kind: String = "",
        causes: [Cause] = []
    ) {
        self.reason = reason
        self.message = message
        self.name = name
        self.group = group
        self.kind = kind
        self.causes = causes
    }

    public static func notFound(_ resource: APIResource, _ name: String) -> Status {
        Status(
            .notFound, "\(resource.qualifiedPlural) \"\(name)\" not found", name: name, group: resource.group,
            kind: resource.plural)
    }

    public static func alreadyExists(_ resource: APIResource, _ name: String) -> Status {
        Status(
            .alreadyExists, "\(resource.qualifiedPlural) \"\(name)\" already exists", name: name,
            group: resource.group, kind: resource.plural)
    }

    public static func conflict(_ resource: APIResource, _ name: String) -> Status {
        Status(
            .conflict,
            "Operation cannot be fulfilled on \(resource.qualifiedPlural) \"\(name)\": the object has been modified; "
                + "please apply your changes to the latest version and try again", name: name, group: resource.group,
            kind: resource.plural)
    }

    /// The document that goes over the wire.
    public var document: JSONValue {
        var details = JSONObject()
        if !name.isEmpty { details["name"] = .string(name) }
        if !group.isEmpty { details["group"] = .string(group) }
        if !kind.isEmpty { details["kind"] = .string(kind) }
        if !causes.isEmpty {
            details["causes"] = .array(
                causes.map {
                    ["reason": .string($0.reason), "message": .string($0.message), "field": .string($0.field)]
                })
        }
        var value: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
            "reason": .string(reason.rawValue),
        ]
        if !details.isEmpty { value["details"] = .object(details) }
        value["code"] = .integer(reason.code)
        return value
    }
}
