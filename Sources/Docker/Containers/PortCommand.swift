import Commands
import ContainerRuntime
import Terminal

/// `docker port`
enum PortCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "port", summary: Localized(ko: "열린 포트", en: "List port mappings of a container"),
            usage: "CONTAINER [PRIVATE_PORT[/PROTO]]"
        ) { line, context in
            guard (1...2).contains(line.allArguments.count) else {
                return context.reportUsage("'docker port' requires at least 1 argument", command: "port")
            }
            do throws(RuntimeError) {
                let status = try await runtime.containerStatus(line.allArguments[0])
                let published = status.state.isAlive ? status.publishedPorts : []
                if line.allArguments.count == 2 { return print(line.allArguments[1], published, status, context) }
                for port in published.sorted(by: { ($0.containerPort, $0.hostPort) < ($1.containerPort, $1.hostPort) })
                {
                    let inner = "\(port.containerPort)/\(port.transport.rawValue.lowercased())"
                    context.output.line("\(inner) -> \(PortList.host(port.hostAddress)):\(port.hostPort)")
                }
                return 0
            } catch {
                return context.report(error)
            }
        }.completingContainers(runtime, onlyFirst: true)
    }

    private static func print(
        _ wanted: String, _ published: [PublishedPort], _ status: ContainerStatus, _ context: CommandContext
    ) -> Int32 {
        guard let port = ExposedPorts.parse(wanted).first else {
            context.error.line("Error: invalid port: \(wanted)")
            return 1
        }
        let found = published.filter { $0.containerPort == port.port && $0.transport == port.transport }
        for port in found { context.output.line("\(PortList.host(port.hostAddress)):\(port.hostPort)") }
        if found.isEmpty {
            context.error.line(
                "Error: No public port '\(port.port)/\(port.transport.rawValue.lowercased())' published for "
                    + status.name)
        }
        return found.isEmpty ? 1 : 0
    }
}
