import Commands
import Terminal

/// Commands of docker that are not here, each with what to do instead.
enum AbsentCommands {
    static var all: [Command] {
        [
            absent(
                ["swarm", "stack", "service", "node", "secret", "config"],
                Localized(
                    ko: "컨테이너 여럿을 함께 다루는 일은 여기서 kubectl 이 해요: kubectl create deployment --help",
                    en: "Here kubectl handles containers by the dozen: kubectl create deployment --help")),
            absent(
                ["search"],
                Localized(
                    ko: "찾기는 Docker Hub 웹사이트에서 할 수 있어요: hub.docker.com. 이름을 알면 'docker pull 이름' 으로 받고, "
                        + "태그는 'docker manifest inspect 이름:태그' 로 확인해요.",
                    en:
                        "Search on Docker Hub's own pages: hub.docker.com. Once you know a name, 'docker pull NAME' gets it, and "
                        + "'docker manifest inspect NAME:TAG' tells whether a tag exists.")),
            absent(
                ["plugin"],
                Localized(
                    ko: "플러그인은 여기에 없어요. 볼륨은 local, 네트워크는 bridge 가 들어 있어요.",
                    en: "There are no plugins: volumes are local, networks are bridges, and both are built in.")),
            absent(
                ["trust"],
                Localized(
                    ko: "이미지는 언제나 다이제스트로 확인해요: docker pull 이름@sha256:…",
                    en: "Images are always verified by digest: docker pull NAME@sha256:…")),
            absent(
                ["checkpoint"],
                Localized(
                    ko: "'docker pause' 는 얼려 두고, 'docker commit' 은 파일을 이미지로 남겨요.",
                    en: "'docker pause' freezes a container, and 'docker commit' keeps its files as an image.")),
            absent(
                ["scout", "init", "debug", "desktop", "extension", "model", "mcp", "ai", "sbom", "offload"],
                Localized(
                    ko: "Docker Desktop 에 딸린 명령이에요. 있는 명령은 'docker --help' 로 볼 수 있어요.",
                    en: "It comes with Docker Desktop. 'docker --help' lists the commands that are here.")),
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
