import Commands
import ContainerRuntime
import Terminal

/// Commands for the engine as a whole.
enum SystemFamily {
    static func commands(_ engine: any Engine) -> [Command] {
        [
            InspectCommand.make(engine),
            VersionCommand.make(engine),
            EventsCommand.make(engine),
            InfoCommand.make(engine),
        ]
    }

    static func family(_ engine: any Engine) -> Command {
        var family = Command("system", summary: Localized(ko: "전체를 다루는 명령 모음", en: "Commands for the whole engine"))
        family.subcommands = [
            DiskUsageCommand.make(engine), SystemPruneCommand.make(engine), EventsCommand.make(engine),
            InfoCommand.make(engine),
        ]
        return family
    }
}
