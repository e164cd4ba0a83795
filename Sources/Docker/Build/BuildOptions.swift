import Commands
import ContainerRuntime
import Terminal

/// The flags of `docker build`.
enum BuildOptions {
    static let flags: [Flag] = [
        Flag(
            "tag", short: "t", .list, placeholder: "NAME[:TAG]",
            summary: Localized(ko: "이미지의 이름", en: "Name of the image")),
        Flag(
            "file", short: "f", .text, placeholder: "PATH",
            summary: Localized(ko: "Dockerfile 의 자리 ('-' 는 표준 입력)", en: "The Dockerfile ('-' is standard input)")),
        Flag(
            "build-arg", .list, placeholder: "NAME=VALUE",
            summary: Localized(ko: "ARG 의 값", en: "Value of an ARG")),
        Flag(
            "target", .text, placeholder: "STAGE",
            summary: Localized(ko: "이 단계까지만", en: "The stage to build")),
        Flag("no-cache", summary: Localized(ko: "모든 단계를 새로 한다", en: "Run every step anew")),
        Flag(
            "progress", .text, placeholder: "KIND",
            summary: Localized(ko: "진행 상황을 보이는 방식", en: "How progress is shown"), fallback: "auto",
            allowed: ["auto", "plain", "tty", "quiet"]),
        Flag(
            "quiet", short: "q", summary: Localized(ko: "이미지 ID 만 알린다", en: "Print nothing but the image's id")),
        Flag("label", .list, placeholder: "KEY=VALUE", summary: Localized(ko: "라벨", en: "Label")),
        Flag(
            "pull", summary: Localized(ko: "바탕 이미지를 새로 받아 본다", en: "Look for newer base images")),
        Flag(
            "iidfile", .text, placeholder: "FILE",
            summary: Localized(ko: "이미지 ID 를 이 파일에 적는다", en: "Write the image's id to this file")),
        Flag(
            "platform", .text, placeholder: "OS/ARCH",
            summary: Localized(ko: "플랫폼 (이 컴퓨터의 것만)", en: "Platform (this machine's only)")),
        Flag(
            "secret", .list, placeholder: "id=ID,src=FILE",
            summary: Localized(
                ko: "RUN --mount=type=secret 에 줄 비밀 값 (또는 id=ID,env=NAME)",
                en: "Secret for RUN --mount=type=secret (or id=ID,env=NAME)")),
        Flag(
            "ssh", .list, placeholder: "default",
            summary: Localized(
                ko: "RUN --mount=type=ssh 에 줄 ssh-agent (SSH_AUTH_SOCK 의 것)",
                en: "The ssh-agent of SSH_AUTH_SOCK for RUN --mount=type=ssh")),
        Flag(
            "network", .text, placeholder: "MODE",
            summary: Localized(ko: "RUN 의 네트워크", en: "Network of RUN"), fallback: "default",
            allowed: ["default", "none", "host", "bridge"]),
        Flag("load", summary: Localized(ko: "(늘 그렇다)", en: "(always so)"), isHidden: true),
        Flag("rm", summary: Localized(ko: "(늘 그렇다)", en: "(always so)"), isHidden: true),
        Flag("force-rm", summary: Localized(ko: "(늘 그렇다)", en: "(always so)"), isHidden: true),
    ]
}
