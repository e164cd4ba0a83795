import Commands
import ContainerRuntime
import Terminal

/// Commands for containers, at the top of `docker` and below `docker container`.
enum ContainerFamily {
    static func commands(_ engine: any Engine) -> [Command] {
        [
            RunCommand.make(engine),
            CreateCommand.make(engine),
            PsCommand.make(engine),
            LogsCommand.make(engine),
            ExecCommand.make(engine),
            AttachCommand.make(engine),
            StopCommand.make(engine),
            PauseCommand.make(engine),
            UnpauseCommand.make(engine),
            RenameCommand.make(engine),
            UpdateCommand.make(engine),
            StatsCommand.make(engine),
            StartCommand.make(engine),
            RestartCommand.make(engine),
            KillCommand.make(engine),
            RemoveCommand.make(engine),
            TopCommand.make(engine),
            WaitCommand.make(engine),
            PortCommand.make(engine),
            CopyCommand.make(engine),
            DiffCommand.make(engine),
            CommitCommand.make(engine),
            CommitCommand.export(engine),
        ]
    }

    static func family(_ engine: any Engine) -> Command {
        var family = Command(
            "container", summary: Localized(ko: "컨테이너 명령 모음", en: "Commands for containers"))
        family.subcommands = commands(engine).filter { $0.name != "ps" }
        var list = PsCommand.make(engine)
        list.name = "ls"
        list.aliases = ["list", "ps"]
        family.subcommands += [list, InspectCommand.make(engine), ContainerPruneCommand.make(engine)]
        return family
    }
}
