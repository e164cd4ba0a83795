import Documents
import KubernetesAPI

struct EndpointSliceStrategy: Strategy {
    let resource = APIResource.endpointSlices
    let hasStatus = false
    let countsGenerations = true

    private let types = ["FQDN", "IPv4", "IPv6"]
    private let maximumEndpoints = 1000

    func applyDefaults(to slice: inout KubernetesObject) {
        slice.document.changeElements(of: "ports") { port in
            port.setDefault("name", "")
            port.setDefault("protocol", "TCP")
        }
        // A slice without endpoints still says so.
        slice.document.setDefault("endpoints", [])
    }

    func validate(_ slice: KubernetesObject) -> [FieldError] {
        var errors: [FieldError] = []
        let type = slice.document.text("addressType")
        if type.isEmpty {
            errors.append(.required("addressType"))
        } else if !types.contains(type) {
            errors.append(.notSupported("addressType", .string(type), types))
        }
        let endpoints = slice.document.elements("endpoints")
        if endpoints.count > maximumEndpoints {
            errors.append(
                FieldError(
                    kind: .tooMany, field: "endpoints", value: .integer(endpoints.count),
                    detail: "must have at most \(maximumEndpoints) items"))
        }
        for (index, endpoint) in endpoints.enumerated() {
            let addresses = endpoint.elements("addresses")
            if addresses.isEmpty {
                errors.append(
                    .required("endpoints[\(index)].addresses", "must contain at least 1 address"))
            }
            for (position, address) in addresses.enumerated() where type == "IPv4" {
                if IPv4Address(address.string ?? "") == nil {
                    errors.append(
                        .invalid(
                            "endpoints[\(index)].addresses[\(position)]", address,
                            "must be a valid IPv4 address"))
                }
            }
        }
        var names: Set<String> = []
        for (index, port) in slice.document.elements("ports").enumerated() {
            if !names.insert(port.text("name")).inserted {
                errors.append(.duplicate("ports[\(index)].name", .string(port.text("name"))))
            }
            if !PortValidation.protocols.contains(port.text("protocol")) {
                errors.append(
                    .notSupported(
                        "ports[\(index)].protocol", .string(port.text("protocol")), PortValidation.protocols))
            }
        }
        return errors
    }

    func validateUpdate(of slice: KubernetesObject, from old: KubernetesObject) -> [FieldError] {
        var errors = validate(slice)
        if slice.document["addressType"] != old.document["addressType"] {
            errors.append(.invalid("addressType", slice.document["addressType"] ?? "", "field is immutable"))
        }
        return errors
    }
}
