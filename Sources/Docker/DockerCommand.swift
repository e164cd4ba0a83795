public import Commands
public import ContainerRuntime
import Terminal

/// The `docker` command family: the real tool's syntax over any container runtime.
public enum DockerCommand {
    /// The exit status of a line that docker itself cannot understand.
    static let usageStatus: Int32 = 125

    public static func make(engine: any Engine) -> Command {
        var family = Command(
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
            subcommands: ContainerFamily.commands(engine) + ImageFamily.commands(engine)
                + BuildFamily.commands(engine) + RegistryFamily.commands(engine)
                + SystemFamily.commands(engine)
                + [
                    ContainerFamily.family(engine),
                    ImageFamily.family(engine),
                    NetworkFamily.family(engine),
                    ComposeFamily.family(engine),
                    VolumeFamily.family(engine),
                    SystemFamily.family(engine),
                    ContextFamily.family,
                ]
                + AbsentCommands.all,
            usageStatus: usageStatus)
        family.version = VersionCommand.line
        return RecipeDisplay.showing(family)
    }
}
