import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker version`
enum VersionCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "version", summary: Localized(ko: "버전", en: "Show the Docker version information"), usage: "[OPTIONS]",
            flags: [
                Flag(
                    "format", short: "f", .text, placeholder: "TEMPLATE",
                    summary: Localized(ko: "출력 틀", en: "Go template"))
            ]
        ) { line, context in
            let information = await engine.information()
            do throws(RuntimeError) {
                if let format = line["format"] {
                    context.output.line(
                        try FormatFlag.render(try FormatFlag.template(format), document(information)))
                } else {
                    context.output.write(text(information))
                }
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    /// `docker --version`
    static var line: String { "kijabi version \(EngineInformation.version), in the place of Docker" }

    private static func text(_ information: EngineInformation) -> String {
        """
        Client: kijabi
         Version:    \(EngineInformation.version)
         OS/Arch:    linux/\(platform(information))
         Context:    default

        Server: kijabi container engine (in this process)
         Engine:
          Version:          \(EngineInformation.version)
          OS/Arch:          linux/\(platform(information))
          Kernel Version:   \(information.kernelRelease)
         kijabi-zygote:
          Version:          \(EngineInformation.version)

        """
    }

    private static func document(_ information: EngineInformation) -> JSONValue {
        let version = JSONValue.string(EngineInformation.version)
        let architecture = JSONValue.string(platform(information))
        return [
            "Client": [
                "Platform": ["Name": "kijabi"], "Version": version, "Os": "linux", "Arch": architecture,
                "Context": "default",
            ],
            "Server": [
                "Platform": ["Name": "kijabi container engine (in this process)"],
                "Components": [
                    ["Name": "Engine", "Version": version], ["Name": "kijabi-zygote", "Version": version],
                ],
                "Version": version, "Os": "linux", "Arch": architecture,
                "KernelVersion": .string(information.kernelRelease),
            ],
        ]
    }

    /// As images name it: `amd64` for x86_64.
    private static func platform(_ information: EngineInformation) -> String {
        switch information.architecture {
        case "x86_64": "amd64"
        case "aarch64": "arm64"
        case let other: other
        }
    }
}
