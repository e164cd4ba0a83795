import Commands
import ContainerRuntime
import Glibc
import Terminal

/// `docker build`: the command line becomes a request, what happens becomes a display, what fails becomes an explanation.
enum BuildCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "build", aliases: ["b"],
            summary: Localized(ko: "Dockerfile 로 이미지를 만든다", en: "Build an image from a Dockerfile"),
            usage: "[OPTIONS] PATH | -",
            examples: [
                (
                    "docker build -t hello .",
                    Localized(
                        ko: "이 디렉터리의 Dockerfile 로 'hello' 이미지 만들기",
                        en: "Make the image 'hello' from this directory's Dockerfile")
                ),
                (
                    "docker build -t hello --build-arg VERSION=2 .",
                    Localized(ko: "ARG 의 값을 정해 주기", en: "Give an ARG its value")
                ),
                (
                    "docker build - < Dockerfile",
                    Localized(ko: "파일 없이 Dockerfile 만으로", en: "From nothing but a Dockerfile")
                ),
            ],
            flags: BuildOptions.flags
        ) { line, context in
            guard line.allArguments.count == 1 else { return missingContext(line, context) }
            do throws(BuildRequestFailure) {
                let files = try await BuildRequestFiles(line, context)
                return await build(files.request, line, engine, context)
            } catch {
                return report(error, context)
            }
        }
    }

    private static func build(
        _ request: BuildRequest, _ line: Invocation, _ engine: any Engine, _ context: CommandContext
    ) async -> Int32 {
        let isQuiet = line.isOn("quiet") || line["progress"] == "quiet"
        let display = BuildDisplay(
            kind: isQuiet
                ? .quiet : line["progress"] == "plain" ? .plain : line["progress"] == "tty" ? .terminal : .automatic,
            context: context)
        let outcome = await display.follow { report async throws(BuildError) in
            try await engine.build(request, progress: report)
        }
        switch outcome {
        case .success(let image):
            if isQuiet { context.output.line(image.id) }
            if let file = line["iidfile"] { return await write(image.id, to: file, context) }
            if !isQuiet, request.tags.isEmpty { unnamed(image, context) }
            return 0
        case .failure(.cancelled):
            context.error.line("ERROR: failed to build: failed to solve: Canceled: context canceled")
            return 130
        case .failure(let error):
            BuildFailureScreen(error: error, log: display.log, isQuiet: isQuiet).show(context)
            return 1
        }
    }

    private static func write(_ id: String, to path: String, _ context: CommandContext) async -> Int32 {
        do throws(FileAccessError) {
            let descriptor = try await context.files.open(
                path, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o666, workingDirectory: context.workingDirectory)
            defer { close(descriptor) }
            OutputStream(descriptor: descriptor).write(id)
            return 0
        } catch {
            context.error.line("ERROR: failed to write iidfile: open \(path): \(ErrorNumber.text(error.errno))")
            return 1
        }
    }

    private static func unnamed(_ image: BuiltImage, _ context: CommandContext) {
        context.error.prose(
            Localized(
                ko: "이미지에 이름이 없어요. 다음에는 '-t 이름' 을 붙여 보세요. 지금 것은 'docker run \(ShortID.of(image.id))' 로 쓸 수 있어요.",
                en:
                    "The image has no name: '-t NAME' gives it one. This one runs as 'docker run \(ShortID.of(image.id))'."
            )(
                context.language))
    }

    private static func missingContext(_ line: Invocation, _ context: CommandContext) -> Int32 {
        context.error.line("ERROR: docker: 'docker buildx build' requires 1 argument")
        context.error.line()
        context.error.line("Usage:  docker buildx build [OPTIONS] PATH | URL | -")
        context.error.line()
        let words = line.allArguments.isEmpty
        context.error.prose(
            Localized(
                ko: words
                    ? "무엇을 담을지 알려 줄 디렉터리가 빠졌어요. 지금 디렉터리라면 맨 끝에 점(.)을 찍으세요: docker build -t 이름 ."
                    : "디렉터리는 하나만 줄 수 있어요: docker build -t 이름 .",
                en: words
                    ? "The directory with the files is missing. For the current one, end the line with a dot: docker build -t NAME ."
                    : "Only one directory can be given: docker build -t NAME .")(context.language))
        return 1
    }

    private static func report(_ failure: BuildRequestFailure, _ context: CommandContext) -> Int32 {
        switch failure {
        case .refused(let sentence, let hint):
            context.error.line("ERROR: \(sentence)")
            if let hint { context.error.prose(hint(context.language)) }
        case .noDockerfile(let path, let inside):
            context.error.line(
                "ERROR: failed to build: failed to solve: failed to read dockerfile: open \(path): "
                    + "no such file or directory")
            context.error.prose(MissingDockerfile.hint(path, inside)(context.language))
        }
        return 1
    }
}

/// What may have been meant where there is no Dockerfile.
enum MissingDockerfile {
    static func hint(_ path: String, _ inside: [String]) -> Localized {
        let similar = inside.filter { $0.lowercased().hasPrefix("dockerf") || $0.lowercased().hasSuffix(".dockerfile") }
        if let found = similar.first ?? Suggestion.nearest(to: path, in: inside) {
            return Localized(
                ko: "'\(path)' 은(는) 없지만 '\(found)' 은(는) 있어요. 이것으로 만들려면 '-f \(found)' 를 붙이세요.",
                en: "There is no '\(path)', but there is '\(found)'. To build from that, add '-f \(found)'.")
        }
        return Localized(
            ko: "먼저 Dockerfile 을 써 보세요: printf 'FROM busybox\\nCMD [\"echo\", \"hello\"]\\n' > Dockerfile",
            en: "Write a Dockerfile first: printf 'FROM busybox\\nCMD [\"echo\", \"hello\"]\\n' > Dockerfile")
    }
}
