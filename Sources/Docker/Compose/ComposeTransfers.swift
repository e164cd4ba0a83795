import Commands
import Compose
import ContainerRuntime
import Terminal

/// `docker compose cp`: docker's own, with services for containers.
enum ComposeCopy {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "cp",
            summary: Localized(
                ko: "서비스와 파일을 주고받는다", en: "Copy files between a service container and here"),
            usage:
                "[OPTIONS] SERVICE:SRC_PATH DEST_PATH|-\n  docker compose cp [OPTIONS] SRC_PATH|- SERVICE:DEST_PATH",
            flags: [
                Flag(
                    "index", .integer, placeholder: "N",
                    summary: Localized(ko: "몇 번째 컨테이너인지", en: "Index of the container if service has multiple replicas")
                ),
                Flag("archive", short: "a", summary: Localized(ko: "주인도 그대로", en: "Keep owners")),
                Flag("follow-link", short: "L", summary: Localized(ko: "링크를 따라간다", en: "Follow a link in SRC_PATH")),
            ]
        ) { line, context in
            guard line.allArguments.count == 2 else {
                return context.reportUsage("'docker compose cp' requires exactly 2 arguments", command: "compose cp")
            }
            return await ComposeSession.run(engine, line, context, needsFile: false) { session throws(RuntimeError) in
                let sides = line.allArguments
                let flags = ["archive", "follow-link"].filter(line.isOn).map { "--" + $0 }
                let null = SilentOutput()
                guard let place = sides.firstIndex(where: { service($0) != nil }), let name = service(sides[place])
                else { throw .conflict("unknown copy direction: one side is written SERVICE:PATH") }
                // Out of one container, but into all of the service's.
                let first = try await session.running(name, index: line.integer("index"))
                let isOne = place == 0 || line.integer("index") != nil
                for container in isOne ? [first] : await session.containers(of: [name]).filter(\.isAlive) {
                    var words = sides
                    words[place] = container.status.name + sides[place].dropFirst(name.count)
                    let toPipe = place == 0 && sides[1] == "-"
                    let status = await session.docker(
                        ["cp"] + flags + words, context: toPipe ? context : null.context(like: context))
                    if status != 0 { return status }
                }
                return 0
            }
        }
    }

    /// The service of `SERVICE:PATH`.
    private static func service(_ text: String) -> String? {
        guard let colon = text.firstIndex(of: ":"), !text.hasPrefix("/"), !text.hasPrefix(".") else { return nil }
        return String(text[..<colon])
    }
}

/// `docker compose push`
enum ComposePush {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "push", summary: Localized(ko: "이미지를 올린다", en: "Push service images"), usage: "[OPTIONS] [SERVICE...]",
            flags: [
                Flag("quiet", short: "q", summary: Localized(ko: "조용히", en: "Push without printing progress")),
                Flag(
                    "ignore-push-failures",
                    summary: Localized(ko: "실패해도 계속한다", en: "Push what it can and ignores images with push failures")),
            ]
        ) { line, context in
            await ComposeSession.run(engine, line, context) { session throws(RuntimeError) in
                for service in try session.services() where service.build != nil {
                    guard let image = service.image else { continue }
                    let status = await session.docker(["push"] + (line.isOn("quiet") ? ["--quiet"] : []) + [image])
                    if status != 0, !line.isOn("ignore-push-failures") { return status }
                }
                return 0
            }
        }
    }
}
