import Commands
import ContainerRuntime
import Terminal

/// `docker compose`: several containers that belong together, from one file.
enum ComposeFamily {
    static func family(_ engine: any Engine) -> Command {
        Command(
            "compose",
            summary: Localized(
                ko: "파일 하나로 컨테이너 여러 개를 함께 다루기", en: "Define and run containers that belong together"),
            examples: [
                ("docker compose up -d", Localized(ko: "모두 켜기", en: "Start everything, in the background")),
                ("docker compose ps", Localized(ko: "무엇이 돌고 있는지", en: "What runs")),
                ("docker compose logs -f", Localized(ko: "모두가 하는 말", en: "What all of them say")),
                ("docker compose down", Localized(ko: "모두 끄고 치우기", en: "Stop and remove everything")),
            ],
            flags: [
                Flag(
                    "file", short: "f", .list, placeholder: "FILE",
                    summary: Localized(ko: "compose 파일", en: "Compose configuration files")),
                Flag(
                    "project-name", short: "p", .text, placeholder: "NAME",
                    summary: Localized(ko: "프로젝트 이름", en: "Project name")),
                Flag(
                    "profile", .list, placeholder: "NAME",
                    summary: Localized(ko: "켤 프로필", en: "Specify a profile to enable")),
                Flag(
                    "env-file", .list, placeholder: "FILE",
                    summary: Localized(ko: ".env 대신 읽을 파일", en: "Specify an alternate environment file")),
                Flag(
                    "project-directory", .text, placeholder: "DIR",
                    summary: Localized(ko: "작업 디렉터리", en: "Specify an alternate working directory")),
                Flag(
                    "progress", .text, placeholder: "TYPE",
                    summary: Localized(ko: "진행 표시", en: "Type of progress output"),
                    fallback: "auto", allowed: ["auto", "tty", "plain", "quiet"]),
                Flag("ansi", .text, placeholder: "WHEN", summary: Localized(ko: "색", en: "Colour"), isHidden: true),
                Flag("compatibility", summary: Localized(ko: "(쓰지 않음)", en: "(ignored)"), isHidden: true),
            ],
            subcommands: [
                ComposeUp.command(engine), ComposeDown.command(engine), ComposePs.command(engine),
                ComposeLogs.command(engine), ComposeExec.command(engine), ComposeRun.command(engine),
                ComposeScale.command(engine), ComposeConfig.command(engine), ComposeImages.command(engine),
                ComposeBuild.command(engine), ComposePull.command(engine), ComposePush.command(engine),
                ComposeTop.command(engine), ComposeCopy.command(engine), ComposeEvents.command(engine),
                ComposeWait.command(engine), ComposeWatch.command(engine),
                ComposePort.command(engine), ComposeList.command(engine), ComposeVersion.command,
            ] + ComposeLifecycle.commands(engine) + ComposeForwarded.commands(engine),
            usageStatus: DockerCommand.usageStatus)
    }
}

/// `docker compose version`
enum ComposeVersion {
    static let command = Command(
        "version", summary: Localized(ko: "버전", en: "Show the version"),
        flags: [Flag("short", summary: Localized(ko: "번호만", en: "Shows only the version number"))]
    ) { _, context in
        context.output.line("Docker Compose: kijabi (compose-spec)")
        return 0
    }
}
