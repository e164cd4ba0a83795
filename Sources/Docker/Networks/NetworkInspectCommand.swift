import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker network inspect`
enum NetworkInspectCommand {
    static func make(_ networks: any NetworkService) -> Command {
        Command(
            "inspect", summary: Localized(ko: "네트워크를 속속들이 보여 준다", en: "Display detailed information on networks"),
            usage: "[OPTIONS] NETWORK [NETWORK...]",
            flags: [
                Flag(
                    "format", short: "f", .text, placeholder: "TEMPLATE",
                    summary: Localized(ko: "출력 틀", en: "Format output with a Go template")),
                Flag("verbose", short: "v", summary: Localized(ko: "자세히", en: "Verbose output")),
            ],
            completeArgument: { _, _, _ in await NetworkCompletion.names(networks) },
            run: { line, context in
                guard !line.allArguments.isEmpty else {
                    return context.reportUsage(
                        "'docker network inspect' requires at least 1 argument", command: "network inspect")
                }
                do throws(RuntimeError) {
                    return try await print(line, networks, context)
                } catch {
                    return context.report(error)
                }
            })
    }

    private static func print(
        _ line: Invocation, _ networks: any NetworkService, _ context: CommandContext
    ) async throws(RuntimeError) -> Int32 {
        var template: GoTemplate?
        if let format = line["format"] { template = try FormatFlag.template(format) }
        var found: [JSONValue] = []
        var failures: [RuntimeError] = []
        for name in line.allArguments {
            do throws(RuntimeError) {
                found.append(NetworkDocument.make(try await networks.networkStatus(name)))
            } catch {
                failures.append(error)
            }
        }
        if let template {
            for document in found { context.output.line(try FormatFlag.render(template, document)) }
        } else {
            context.output.line(JSONValue.array(found).prettyPrinted())
        }
        for failure in failures { context.report(failure) }
        return failures.isEmpty ? 0 : 1
    }
}

/// A network as the Docker Engine API describes it (`GET /networks/{id}`).
enum NetworkDocument {
    static func make(_ network: NetworkStatus) -> JSONValue {
        var pools: [JSONValue] = []
        if let subnet = network.subnet {
            var pool: JSONObject = ["Subnet": .string(subnet)]
            if let range = network.addressRange { pool["IPRange"] = .string(range) }
            if let gateway = network.gateway { pool["Gateway"] = .string(gateway) }
            pools.append(.object(pool))
        }
        var containers = JSONObject()
        for endpoint in network.endpoints {
            containers[endpoint.containerID] = [
                "Name": .string(endpoint.containerName), "EndpointID": .string(endpoint.id),
                "MacAddress": .string(endpoint.hardwareAddress ?? ""),
                "IPv4Address": .string(endpoint.address.map { "\($0)/\(endpoint.prefixLength)" } ?? ""),
                "IPv6Address": "",
            ]
        }
        return [
            "Name": .string(network.name), "Id": .string(network.id),
            "Created": .string(TimeText.rfc3339(network.createdAt)), "Scope": "local",
            "Driver": .string(network.driver.rawValue), "EnableIPv4": true, "EnableIPv6": false,
            "IPAM": ["Driver": "default", "Options": .object([:]), "Config": .array(pools)],
            "Internal": .bool(network.isInternal), "Attachable": .bool(network.isAttachable), "Ingress": false,
            "ConfigFrom": ["Network": ""], "ConfigOnly": false, "Containers": .object(containers),
            "Options": strings(network.options), "Labels": strings(network.labels),
        ]
    }

    private static func strings(_ pairs: [String: String]) -> JSONValue {
        .object(JSONObject(pairs.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) }))
    }

    /// A container's place as `NetworkSettings.Networks` shows it.
    static func endpoint(_ endpoint: NetworkEndpoint) -> JSONValue {
        [
            "IPAMConfig": .null,
            "Links": .null,
            "Aliases": endpoint.aliases.isEmpty ? .null : .array(endpoint.aliases.map { .string($0) }),
            "MacAddress": .string(endpoint.hardwareAddress ?? ""),
            "DriverOpts": .null,
            "GwPriority": 0,
            "NetworkID": .string(endpoint.networkID),
            "EndpointID": .string(endpoint.id),
            "Gateway": .string(endpoint.gateway ?? ""),
            "IPAddress": .string(endpoint.address ?? ""),
            "IPPrefixLen": .integer(endpoint.address == nil ? 0 : endpoint.prefixLength),
            "IPv6Gateway": "",
            "GlobalIPv6Address": "",
            "GlobalIPv6PrefixLen": 0,
            "DNSNames": endpoint.names.isEmpty ? .null : .array(endpoint.names.map { .string($0) }),
        ]
    }
}
