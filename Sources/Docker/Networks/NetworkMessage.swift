import ContainerRuntime
import Terminal

/// What cannot be done with a network, as docker words it, and a next step for a beginner.
extension NetworkFailure {
    var sentence: String {
        switch self {
        case .notFound(let name): "network \(name) not found"
        case .ambiguous(let prefix): "network \(prefix) is ambiguous (2 matches found based on ID prefix)"
        case .nameTaken(let name): "network with name \(name) already exists"
        case .invalidName(let name):
            "invalid network name \"\(name)\": only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
        case .predefined(let name): "\(name) is a pre-defined network and cannot be removed"
        case .inUse(let network, let endpoints):
            "error while removing network: network \(network) has active endpoints ("
                + endpoints.map { "name:\"\($0.containerName)\" id:\"\($0.id.prefix(12))\"" }.joined(separator: ", ")
                + ")"
        case .overlap: "invalid pool request: Pool overlaps with other one on this address space"
        case .exhausted: "all predefined address pools have been fully subnetted"
        case .invalidSubnet(let text): "invalid network config: invalid subnet \(text): it is not a CIDR block"
        case .outsideSubnet(let address, let subnet):
            "invalid network config: no matching subnet for \(address) in \(subnet)"
        case .addressTaken: "failed to set up container networking: Address already in use"
        case .addressNeedsChosenSubnet:
            "user specified IP address is supported only when connecting to networks with user configured subnets"
        case .addressNeedsUserNetwork:
            "invalid endpoint settings: user-specified IP address is supported on user-defined networks only"
        case .aliasNeedsUserNetwork:
            "invalid endpoint settings: network-scoped aliases are only supported for user-defined networks"
        case .alreadyConnected(let container, let network):
            "endpoint with name \(container) already exists in network \(network)"
        case .notConnected(let container, let network):
            "container \(container) is not connected to network \(network)"
        case .exclusive("none"):
            "container cannot be connected to multiple networks with one of the networks in private (none) mode"
        case .exclusive("host"):
            "container cannot be disconnected from host network or connected to host network"
        case .exclusive:
            "container sharing network namespace with another container or host cannot be connected to any other network"
        case .noDriver(let name): "could not find plugin \(name) in v1 plugin registry: plugin not found"
        }
    }

    func hint(_ language: Language) -> String? {
        switch self {
        case .notFound, .ambiguous:
            Localized(
                ko: "있는 네트워크는 'docker network ls' 로 볼 수 있어요.",
                en: "'docker network ls' lists the networks that are here.")(language)
        case .nameTaken(let name):
            Localized(
                ko: "그 이름의 네트워크가 이미 있어요. 그대로 쓰거나 'docker network rm \(name)' 으로 지우세요.",
                en: "It is there already: use it, or remove it with 'docker network rm \(name)'.")(language)
        case .inUse(let network, let endpoints):
            Localized(
                ko:
                    "아직 컨테이너가 붙어 있어요. 멈추거나 'docker network disconnect \(network) \(endpoints.first?.containerName ?? "이름")' 으로 떼어 내세요.",
                en:
                    "Containers are still in it. Stop them, or 'docker network disconnect \(network) \(endpoints.first?.containerName ?? "NAME")'."
            )(language)
        case .overlap(let subnet, let other):
            Localized(
                ko: "\(subnet) 은 이미 쓰이는 \(other) 와 겹쳐요. 다른 범위를 쓰거나 --subnet 없이 만들어 보세요.",
                en: "\(subnet) overlaps with \(other), which is in use. Take another range, or leave --subnet out.")(
                    language)
        case .invalidSubnet, .outsideSubnet:
            Localized(
                ko: "서브넷은 172.30.0.0/24 처럼, 주소는 그 안에서 골라 쓰세요.",
                en: "Write a subnet like 172.30.0.0/24, and addresses inside of it.")(language)
        case .addressNeedsChosenSubnet, .addressNeedsUserNetwork, .aliasNeedsUserNetwork:
            Localized(
                ko: "네트워크를 직접 만들면 돼요: docker network create --subnet 172.30.0.0/24 이름",
                en: "Make a network of your own: docker network create --subnet 172.30.0.0/24 NAME")(language)
        case .noDriver:
            Localized(
                ko: "여기에는 bridge 네트워크만 있어요. macvlan 이나 overlay 는 진짜 네트워크 카드나 여러 대의 컴퓨터가 있어야 해요.",
                en: "There are bridge networks only: macvlan and overlay need a real network card, or several machines."
            )(
                language)
        default: nil
        }
    }
}
