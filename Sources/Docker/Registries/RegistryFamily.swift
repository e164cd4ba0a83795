import Commands
import ContainerRuntime

/// Commands that talk to registries beside `pull` and `push`.
enum RegistryFamily {
    static func commands(_ engine: any Engine) -> [Command] {
        [
            LoginCommand.make(engine),
            LogoutCommand.make(engine),
            ManifestCommand.make(engine),
        ]
    }
}
