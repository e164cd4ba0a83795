import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker info`
enum InfoCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "info", summary: Localized(ko: "엔진과 이 컴퓨터", en: "Display system-wide information"), usage: "[OPTIONS]",
            flags: [
                Flag(
                    "format", short: "f", .text, placeholder: "TEMPLATE",
                    summary: Localized(ko: "출력 틀", en: "Go template"))
            ]
        ) { line, context in
            do throws(RuntimeError) {
                let information = await engine.information()
                let containers = await engine.containers().filter(DockerContainers.isOwn)
                let images = try await engine.images().count
                if let format = line["format"] {
                    let document = self.document(information, containers, images)
                    context.output.line(try FormatFlag.render(try FormatFlag.template(format), document))
                } else {
                    context.output.write(text(information, containers, images))
                }
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    private static func count(_ containers: [ContainerStatus]) -> (running: Int, paused: Int, stopped: Int) {
        let running = containers.count { $0.state == .running || $0.state == .restarting }
        let paused = containers.count { $0.state == .paused }
        return (running, paused, containers.count - running - paused)
    }

    private static func text(_ information: EngineInformation, _ containers: [ContainerStatus], _ images: Int) -> String
    {
        let (running, paused, stopped) = count(containers)
        let cgroup =
            information.controlGroupVersion.map { " Cgroup Driver: cgroupfs\n Cgroup Version: \($0)\n" }
            ?? " Cgroup Driver: none (limits are emulated)\n"
        let options = information.securityFeatures.map { feature in
            let parts = feature.split(separator: ",").map { $0.split(separator: "=").last.map(String.init) ?? "" }
            return "  \(parts[0])\n" + (parts.count > 1 ? "   Profile: \(parts[1])\n" : "")
        }.joined()
        return """
            Client: kijabi
             Context:    default

            Server:
             Containers: \(containers.count)
              Running: \(running)
              Paused: \(paused)
              Stopped: \(stopped)
             Images: \(images)
             Server Version: kijabi container engine (in process)
             Storage Driver: overlay
             Logging Driver: json-file

            """ + cgroup + """
                 Runtimes: kijabi-zygote
                 Security Options:

                """ + options + """
                     Kernel Version: \(information.kernelRelease)
                     Operating System: \(information.operatingSystem)
                     OSType: linux
                     Architecture: \(information.architecture)
                     CPUs: \(information.processors)
                     Total Memory: \(ByteSize.binary(information.memory))
                     Name: \(information.hostname)
                     Docker Root Dir: \(information.dataDirectory)
                     User IDs: \(information.userIDs)

                    """
    }

    private static func document(
        _ information: EngineInformation, _ containers: [ContainerStatus], _ images: Int
    ) -> JSONValue {
        let (running, paused, stopped) = count(containers)
        return [
            "Containers": .integer(containers.count), "ContainersRunning": .integer(running),
            "ContainersPaused": .integer(paused), "ContainersStopped": .integer(stopped), "Images": .integer(images),
            "Driver": "overlay", "LoggingDriver": "json-file",
            "CgroupDriver": .string(information.controlGroupVersion == nil ? "none" : "cgroupfs"),
            "CgroupVersion": .string(information.controlGroupVersion ?? ""),
            "MemoryLimit": .bool(information.controllers.contains("memory")),
            "CpuCfsQuota": .bool(information.controllers.contains("cpu")),
            "PidsLimit": .bool(information.controllers.contains("pids")),
            "CPUSet": .bool(information.controllers.contains("cpuset")),
            "KernelVersion": .string(information.kernelRelease),
            "OperatingSystem": .string(information.operatingSystem), "OSType": "linux",
            "Architecture": .string(information.architecture), "NCPU": .integer(information.processors),
            "MemTotal": .integer(information.memory), "DockerRootDir": .string(information.dataDirectory),
            "Name": .string(information.hostname), "ServerVersion": "kijabi",
            "SecurityOptions": ContainerDocument.strings(information.securityFeatures),
        ]
    }
}
