import Commands
import ContainerRuntime
import Terminal

/// `docker version`
enum VersionCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command("version", summary: Localized(ko: "버전", en: "Show the version")) { _, context in
            context.output.write("Client: kijabi\nServer: kijabi container engine (in process)\n")
            return 0
        }
    }
}
