import Commands
import ContainerEngine
import ContainerRuntime
import Docker
import Glibc
import Terminal

/// `kijabi images`: what is in the image store, without a cluster.
enum ImagesMode {
    static func command(_ program: Program) -> Command {
        Command("images", summary: Localized(ko: "가지고 있는 이미지", en: "The images that are here")) { _, context in
            let places = Places(environment: context.environment)
            do throws(RuntimeError) {
                var configuration = places.engine
                configuration.zygote = try program.takeZygote(configuration.zygoteProgram)
                let engine = try await ContainerEngine.start(
                    configuration, searchPath: context.environment["PATH"] ?? "/usr/bin:/bin")
                let status = await DockerCommand.make(engine: engine).dispatch(["images"], context)
                await engine.shutdown()
                return status
            } catch {
                await House.explain(error, places, context)
                return 1
            }
        }
    }
}

/// `kijabi clean`: gives back the room that images and journals take. What was learned stays.
enum CleanMode {
    static func command() -> Command {
        Command(
            "clean",
            summary: Localized(
                ko: "이미지와 기록을 지워 자리를 비우기 (배운 것은 남아요)",
                en: "Remove images and journals; what was learned stays")
        ) { _, context in
            let places = Places(environment: context.environment)
            let removed = [places.data + "/images", places.data + "/volumes", places.state + "/journal"]
            for path in removed where access(path, F_OK) == 0 {
                Places.remove(path)
                let isGone = access(path, F_OK) != 0
                let note = isGone ? Localized(ko: "지움: ", en: "removed: ") : Localized(ko: "남음: ", en: "left: ")
                context.output.line(note(context.language) + path)
            }
            return 0
        }
    }
}
