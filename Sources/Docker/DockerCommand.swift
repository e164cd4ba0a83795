public import Commands
public import ContainerRuntime
import Terminal

/// The `docker` command family: the real tool's syntax over any container runtime.
public enum DockerCommand {
    /// The exit status of a line that docker itself cannot understand.
    static let usageStatus: Int32 = 125

    public static func make(runtime: any ContainerRuntime) -> Command {
        let commands = [
            RunCommand.make(runtime), CreateCommand.make(runtime), PsCommand.make(runtime),
            ImagesCommand.make(runtime), LogsCommand.make(runtime), ExecCommand.make(runtime),
            AttachCommand.make(runtime), StopCommand.make(runtime), StartCommand.make(runtime),
            RestartCommand.make(runtime), KillCommand.make(runtime), RemoveCommand.make(runtime),
            InspectCommand.make(runtime), TopCommand.make(runtime), WaitCommand.make(runtime),
            PortCommand.make(runtime), PullCommand.make(runtime), VersionCommand.make(runtime),
        ]
        let families = ["ps", "images", "version", "pull"]
        var container = Command(
            "container", summary: Localized(ko: "컨테이너 명령 모음", en: "Commands for containers"))
        container.subcommands = commands.filter { !families.contains($0.name) }
        var list = PsCommand.make(runtime)
        list.name = "ls"
        list.aliases = ["list", "ps"]
        container.subcommands.append(list)
        var image = Command("image", summary: Localized(ko: "이미지 명령 모음", en: "Commands for images"))
        var imageList = ImagesCommand.make(runtime)
        imageList.name = "ls"
        imageList.aliases = ["list"]
        image.subcommands = [imageList, PullCommand.make(runtime)]
        return Command(
            "docker",
            summary: Localized(
                ko: "컨테이너를 하나씩 싣고 내리는 부두 일꾼", en: "The dock worker: lifts containers, one at a time"),
            examples: [
                (
                    "docker run --rm busybox echo hello",
                    Localized(ko: "상자 하나를 열어 인사하고 치우기", en: "Open a box, say hello, throw it away")
                ),
                (
                    "docker run -it --rm busybox sh",
                    Localized(ko: "상자 안으로 들어가 보기", en: "Step inside a box")
                ),
                ("docker ps -a", Localized(ko: "상자 목록 보기", en: "List the boxes")),
            ],
            subcommands: commands + [container, image] + AbsentCommands.all, usageStatus: usageStatus)
    }
}
