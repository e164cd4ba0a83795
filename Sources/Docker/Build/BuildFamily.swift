import Commands
import ContainerRuntime
import Terminal

/// Commands that make images from Dockerfiles: `docker build`, and its longer names.
enum BuildFamily {
    static func commands(_ engine: any Engine) -> [Command] {
        [BuildCommand.make(engine), buildx(engine), builder(engine)]
    }

    /// `docker buildx`: the program behind `docker build`.
    private static func buildx(_ engine: any Engine) -> Command {
        var family = Command(
            "buildx", summary: Localized(ko: "'docker build' 의 본이름", en: "The full name of 'docker build'"))
        family.subcommands = [
            BuildCommand.make(engine), BuildCacheCommand.list(engine), BuildCacheCommand.prune(engine),
        ]
        return family
    }

    private static func builder(_ engine: any Engine) -> Command {
        var family = Command("builder", summary: Localized(ko: "빌드 캐시를 다룬다", en: "Manage the build cache"))
        family.subcommands = [BuildCommand.make(engine), BuildCacheCommand.prune(engine)]
        return family
    }
}
