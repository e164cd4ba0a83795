import Commands
import ContainerRuntime
import Terminal

/// Commands for the engine as a whole.
enum SystemFamily {
    static func commands(_ engine: any Engine) -> [Command] {
        [
            InspectCommand.make(engine),
            VersionCommand.make(engine),
        ]
    }
}
