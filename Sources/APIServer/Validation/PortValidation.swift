import Documents
import KubernetesAPI

/// The rules for port numbers and names.
enum PortValidation {
    static let protocols = ["TCP", "UDP", "SCTP"]

    static func errors(in number: JSONValue, at path: String) -> [FieldError] {
        guard let port = number.int, (1...65_535).contains(port) else {
            return [.invalid(path, number, "must be between 1 and 65535, inclusive")]
        }
        return []
    }

    static func errors(inNumberOrName port: JSONValue, at path: String) -> [FieldError] {
        guard let name = port.string else { return errors(in: port, at: path) }
        return NameRule.portName.faults(in: name).map { .invalid(path, port, $0) }
    }
}
