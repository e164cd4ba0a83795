import Commands
import Terminal

/// Commands of docker that are not here, each with what to do instead.
enum AbsentCommands {
    static var all: [Command] {
        [
            absent(
                ["commit"],
                Localized(
                    ko: "여기서는 아직 이미지를 만들 수 없어요. 있는 이미지는 'docker images' 로 볼 수 있어요.",
                    en: "Images cannot be built here yet. 'docker images' lists those that are here.")),
            absent(
                ["swarm", "stack", "service"],
                Localized(
                    ko: "컨테이너 여럿을 함께 다루는 일은 여기서 kubectl 이 해요: kubectl create deployment --help",
                    en: "Here kubectl handles containers by the dozen: kubectl create deployment --help")),
            absent(
                ["push", "login", "logout", "search", "tag", "save", "load", "import", "export", "rmi"],
                Localized(
                    ko: "여기에는 이미지 창고(registry)가 없어요. 있는 이미지는 'docker images' 로 볼 수 있어요.",
                    en: "There is no registry here. 'docker images' lists the images that are here.")),
            absent(
                ["cp", "diff"],
                Localized(
                    ko: "파일은 'docker exec 이름 cat /파일 > 파일' 로 꺼내고, '-v 디렉터리:/자리' 로 넣어 줄 수 있어요.",
                    en: "Files come out with 'docker exec NAME cat /FILE > FILE' and go in with '-v DIRECTORY:/PLACE'.")
            ),
            absent(
                ["volume"],
                Localized(
                    ko: "볼륨은 처음 쓸 때 생겨요: docker run -v 이름:/자리 …",
                    en: "A volume is made when it is first used: docker run -v NAME:/PLACE …")),
            absent(
                ["stats"],
                Localized(
                    ko: "프로세스는 'docker top 이름' 이나 'host ps' 로 볼 수 있어요.",
                    en: "See processes with 'docker top NAME' or 'host ps'.")),
            absent(
                ["info", "system", "events", "context", "pause", "unpause", "rename", "update", "history"],
                Localized(
                    ko: "있는 명령은 'docker --help' 로 볼 수 있어요.", en: "'docker --help' lists the commands that are here.")),
        ]
    }

    private static func absent(_ names: [String], _ instead: Localized) -> Command {
        var command = Command(
            names[0], aliases: Array(names.dropFirst()),
            summary: Localized(ko: "(여기에는 없어요)", en: "(not available here)"), details: instead,
            usageStatus: 1, stopsAtFirstArgument: true
        ) { line, context in
            context.error.line("docker: \(line.words.first ?? names[0]) is not available here")
            context.error.prose(instead(context.language))
            return 1
        }
        command.isHidden = true
        return command
    }
}
