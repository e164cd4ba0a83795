import Commands
import ContainerRuntime
import Terminal

/// `docker wait`
enum WaitCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "wait",
            summary: Localized(ko: "끝날 때까지 기다려 종료 코드를 찍는다", en: "Block until containers stop, then print exit codes"),
            usage: "CONTAINER [CONTAINER...]"
        ) { line, context in
            guard !line.allArguments.isEmpty else {
                return context.reportUsage("'docker wait' requires at least 1 argument", command: "wait")
            }
            var status: Int32 = 0
            for name in line.allArguments {
                do throws(RuntimeError) {
                    let container = try await runtime.containerStatus(name)
                    context.output.line(String(try await runtime.waitContainer(container.id).code))
                } catch {
                    status = context.report(error)
                }
                if Task.isCancelled { return 130 }
            }
            return status
        }.completingContainers(runtime)
    }
}

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

/// `docker pull`: images are assembled on this machine; there is nothing to download from yet.
enum PullCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command("pull", summary: Localized(ko: "이미지를 준비한다", en: "Make an image ready"), usage: "IMAGE") {
            line, context in
            guard line.allArguments.count == 1 else {
                return context.reportUsage("'docker pull' requires exactly 1 argument", command: "pull")
            }
            do throws(RuntimeError) {
                let image = try await runtime.resolveImage(line.allArguments[0])
                context.output.line("\(image.references.first ?? line.allArguments[0]): \(image.origin)")
                context.output.line("Digest: \(image.id)")
                return 0
            } catch {
                return context.report(error)
            }
        }
    }
}

/// `docker version`
enum VersionCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command("version", summary: Localized(ko: "버전", en: "Show the version")) { _, context in
            context.output.write("Client: kijabi\nServer: kijabi container engine (in process)\n")
            return 0
        }
    }
}
