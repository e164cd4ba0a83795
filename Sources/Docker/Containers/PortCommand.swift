import Commands
import ContainerRuntime
import Terminal

/// `docker port`
enum PortCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "port", summary: Localized(ko: "열린 포트", en: "List port mappings of a container"), usage: "CONTAINER"
        ) { line, context in
            guard line.allArguments.count == 1 else {
                return context.reportUsage("'docker port' requires exactly 1 argument", command: "port")
            }
            do throws(RuntimeError) {
                for port in try await runtime.containerStatus(line.allArguments[0]).publishedPorts {
                    let inner = "\(port.containerPort)/\(port.transport.rawValue.lowercased())"
                    context.output.line("\(inner) -> \(port.hostAddress):\(port.hostPort)")
                }
                return 0
            } catch {
                return context.report(error)
            }
        }.completingContainers(runtime, onlyFirst: true)
    }
}
