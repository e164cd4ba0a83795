import Commands
import ContainerRuntime
import Terminal

/// `docker network create`
enum NetworkCreateCommand {
    static func make(_ networks: any NetworkService) -> Command {
        Command(
            "create", summary: Localized(ko: "네트워크를 만든다", en: "Create a network"), usage: "[OPTIONS] NETWORK",
            flags: [
                Flag(
                    "driver", short: "d", .text, placeholder: "DRIVER",
                    summary: Localized(ko: "드라이버", en: "Driver to manage the network"), fallback: "bridge"),
                Flag(
                    "subnet", .list, placeholder: "CIDR",
                    summary: Localized(ko: "서브넷 (예: 172.30.0.0/24)", en: "Subnet in CIDR format")),
                Flag(
                    "gateway", .list, placeholder: "ADDRESS",
                    summary: Localized(ko: "게이트웨이 주소", en: "IPv4 gateway of the subnet")),
                Flag(
                    "ip-range", .list, placeholder: "CIDR",
                    summary: Localized(ko: "주소를 나눠 줄 범위", en: "Allocate addresses from a sub-range")),
                Flag(
                    "internal",
                    summary: Localized(ko: "바깥으로 나가는 길이 없게", en: "Restrict external access to the network")),
                Flag("label", .list, placeholder: "KEY=VALUE", summary: Localized(ko: "라벨", en: "Set metadata")),
                Flag(
                    "opt", short: "o", .list, placeholder: "KEY=VALUE",
                    summary: Localized(ko: "드라이버 옵션", en: "Set driver specific options")),
                Flag(
                    "attachable", summary: Localized(ko: "수동 연결 허용", en: "Enable manual container attachment")),
                Flag(
                    "scope", .text, placeholder: "SCOPE",
                    summary: Localized(ko: "범위 (local)", en: "Control the network's scope (local)"), isHidden: true),
                Flag(
                    "ipam-driver", .text, summary: Localized(ko: "주소 관리", en: "IP address management driver"),
                    isHidden: true),
                Flag(
                    "ipam-opt", .list, summary: Localized(ko: "주소 관리 옵션", en: "Set IPAM driver specific options"),
                    isHidden: true),
                Flag(
                    "aux-address", .list, placeholder: "NAME=ADDRESS",
                    summary: Localized(ko: "나눠 주지 않을 주소", en: "Addresses that are not given out"), isHidden: true),
                Flag("ingress", summary: Localized(ko: "스웜", en: "Swarm routing mesh"), isHidden: true),
                Flag("config-only", summary: Localized(ko: "설정만", en: "Configuration only"), isHidden: true),
                Flag(
                    "config-from", .text, summary: Localized(ko: "설정의 출처", en: "Where the configuration is from"),
                    isHidden: true),
                Flag("ipv6", summary: Localized(ko: "IPv6", en: "Enable IPv6 networking"), isHidden: true),
                Flag("ipv4", summary: Localized(ko: "IPv4", en: "Enable IPv4 address assignment"), isHidden: true),
            ]
        ) { line, context in
            guard line.allArguments.count == 1 else {
                return context.reportUsage(
                    "'docker network create' requires exactly 1 argument", command: "network create")
            }
            do throws(RuntimeError) {
                context.output.line(try await networks.createNetwork(try configuration(line)).id)
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    static func configuration(_ line: Invocation) throws(RuntimeError) -> NetworkConfiguration {
        var configuration = NetworkConfiguration(name: line.allArguments[0])
        switch line["driver"] ?? "bridge" {
        case "bridge": break
        case "host": configuration.driver = .host
        case "null", "none": configuration.driver = .none
        case let other: throw .network(.noDriver(other))
        }
        try refuse(line)
        let subnets = line.all("subnet").flatMap { $0.split(separator: ",").map(String.init) }
        if subnets.count > 1 { throw .invalid(field: "--subnet", reason: "a network has one IPv4 subnet here") }
        if subnets.isEmpty, line.has("gateway") || line.has("ip-range") {
            throw .network(.invalidSubnet(line["gateway"] ?? line["ip-range"] ?? ""))
        }
        configuration.subnet = subnets.first
        configuration.gateway = line["gateway"]
        configuration.addressRange = line["ip-range"]
        configuration.isInternal = line.isOn("internal")
        configuration.isAttachable = line.isOn("attachable")
        for (flag, path) in [("label", \NetworkConfiguration.labels), ("opt", \NetworkConfiguration.options)] {
            for text in line.all(flag) {
                let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                configuration[keyPath: path][pair[0]] = pair.count > 1 ? pair[1] : ""
            }
        }
        return configuration
    }

    /// What a network here cannot be, and why.
    private static func refuse(_ line: Invocation) throws(RuntimeError) {
        if line.isOn("ipv6") || line.all("subnet").contains(where: { $0.contains(":") }) {
            throw .invalid(
                field: "--ipv6",
                reason: "networks are IPv4 only here: the way outside and the walls between networks know no IPv6")
        }
        if line.has("ipv4"), !line.isOn("ipv4") {
            throw .invalid(field: "--ipv4", reason: "networks are IPv4 only here, so it cannot be switched off")
        }
        if let scope = line["scope"], scope != "local" {
            throw .invalid(field: "--scope", reason: "\(scope): there is one machine here, so networks are local")
        }
        if line.isOn("ingress") {
            throw .invalid(
                field: "--ingress", reason: "the routing mesh belongs to swarm, which takes several machines")
        }
        if line.isOn("config-only") || line.has("config-from") {
            throw .invalid(field: "--config-only", reason: "write the configuration at the network itself")
        }
        if let driver = line["ipam-driver"], driver != "default" { throw .network(.noDriver(driver)) }
        if line.has("aux-address") {
            throw .invalid(
                field: "--aux-address",
                reason: "use --ip-range for the part of the subnet from which addresses are given out")
        }
    }
}
