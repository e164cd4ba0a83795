import Commands
import ContainerRuntime
import Terminal

/// Commands for images, at the top of `docker` and below `docker image`.
enum ImageFamily {
    static func commands(_ engine: any Engine) -> [Command] {
        [
            ImagesCommand.make(engine),
            PullCommand.make(engine),
            PushCommand.make(engine),
            ArchiveCommands.load(engine),
            ArchiveCommands.save(engine),
            ArchiveCommands.imports(engine),
            RemoveImageCommand.make(engine),
            RemoveImageCommand.tag(engine),
            HistoryCommand.make(engine),
        ]
    }

    static func family(_ engine: any Engine) -> Command {
        var family = Command("image", summary: Localized(ko: "이미지 명령 모음", en: "Commands for images"))
        family.subcommands = commands(engine).filter { $0.name != "images" && $0.name != "rmi" }
        var remove = RemoveImageCommand.make(engine)
        remove.name = "rm"
        remove.aliases = ["remove"]
        var list = ImagesCommand.make(engine)
        list.name = "ls"
        list.aliases = ["list"]
        family.subcommands += [
            BuildCommand.make(engine), list, remove, RemoveImageCommand.prune(engine), InspectCommand.image(engine),
        ]
        return family
    }
}
