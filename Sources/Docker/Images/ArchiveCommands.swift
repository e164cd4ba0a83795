import Commands
import ContainerRuntime
import Glibc
import Terminal

/// `docker load`, `save` and `import`: images on their way in and out as archives.
enum ArchiveCommands {
    static func load(_ engine: any Engine) -> Command {
        Command(
            "load", summary: Localized(ko: "아카이브에서 이미지를 읽는다", en: "Load images from an archive"), usage: "[OPTIONS]",
            examples: [("docker load -i web.tar", Localized(ko: "파일에서", en: "From a file"))],
            flags: [
                Flag(
                    "input", short: "i", .text, placeholder: "FILE",
                    summary: Localized(ko: "읽을 파일", en: "Read from a file")),
                Flag("quiet", short: "q", summary: Localized(ko: "조용히", en: "Suppress the load output")),
            ]
        ) { line, context in
            do throws(RuntimeError) {
                let loaded = try await context.reading(line["input"]) { input throws(RuntimeError) in
                    if line["input"] == nil, isatty(input) == 1 {
                        throw .conflict("requested load from stdin, but stdin is empty")
                    }
                    return try await engine.loadImages(from: input)
                }
                for image in loaded {
                    switch image {
                    case .named(let name): context.output.line("Loaded image: \(name)")
                    case .unnamed(let id): context.output.line("Loaded image ID: \(id)")
                    }
                }
                return 0
            } catch {
                return context.report(error, prefix: "")
            }
        }
    }

    static func save(_ engine: any Engine) -> Command {
        Command(
            "save", summary: Localized(ko: "이미지를 아카이브로 쓴다", en: "Save images to an archive"),
            usage: "[OPTIONS] IMAGE [IMAGE...]",
            examples: [("docker save -o web.tar web", Localized(ko: "파일로", en: "To a file"))],
            flags: [
                Flag(
                    "output", short: "o", .text, placeholder: "FILE",
                    summary: Localized(ko: "쓸 파일", en: "Write to a file"))
            ]
        ) { line, context in
            guard !line.allArguments.isEmpty else {
                return context.reportUsage("'docker save' requires at least 1 argument", command: "save")
            }
            do throws(RuntimeError) {
                try context.refuseTerminal(line["output"], "save")
                // Before a file is made for what cannot be written.
                for name in line.allArguments { _ = try await engine.resolveImage(name) }
                try await context.writing(line["output"]) { output throws(RuntimeError) in
                    try await engine.saveImages(line.allArguments, to: output)
                }
                return 0
            } catch {
                return context.report(error)
            }
        }.completingImages(engine)
    }

    static func imports(_ engine: any Engine) -> Command {
        Command(
            "import", summary: Localized(ko: "파일 나무 아카이브로 이미지를 만든다", en: "Make an image of a file tree's archive"),
            usage: "[OPTIONS] FILE|- [REPOSITORY[:TAG]]",
            flags: [
                changeFlag,
                Flag(
                    "message", short: "m", .text, placeholder: "TEXT",
                    summary: Localized(ko: "남길 말", en: "Commit message")),
            ]
        ) { line, context in
            let arguments = line.allArguments
            guard (1...2).contains(arguments.count) else {
                return context.reportUsage("'docker import' requires 1 or 2 arguments", command: "import")
            }
            do throws(RuntimeError) {
                if arguments[0].contains("://") {
                    throw .invalid(field: "source", reason: "\(arguments[0]): download it first, then import the file")
                }
                let change = ImageChange(message: line["message"], instructions: line.all("change"))
                let name = arguments.count > 1 ? arguments[1] : nil
                let id = try await context.reading(arguments[0] == "-" ? nil : arguments[0]) {
                    input throws(RuntimeError) in try await engine.importImage(from: input, as: name, change)
                }
                context.output.line(id)
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    static var changeFlag: Flag {
        Flag(
            "change", short: "c", .list, placeholder: "INSTRUCTION",
            summary: Localized(ko: "Dockerfile 한 줄: 'CMD [\"sh\"]'", en: "A Dockerfile line: 'CMD [\"sh\"]'"))
    }
}

extension CommandContext {
    /// Opens a file of the caller's for reading, or gives the standard input.
    func reading<Value>(
        _ path: String?, _ work: (Int32) async throws(RuntimeError) -> Value
    ) async throws(RuntimeError) -> Value {
        guard let path else { return try await work(input) }
        let descriptor = try await open(path, flags: O_RDONLY)
        defer { close(descriptor) }
        return try await work(descriptor)
    }

    /// Opens a file of the caller's for writing, or gives the standard output. A file that was not finished does not stay.
    func writing(_ path: String?, _ work: (Int32) async throws(RuntimeError) -> Void) async throws(RuntimeError) {
        guard let path else { return try await work(output.descriptor) }
        let descriptor = try await open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        defer { close(descriptor) }
        do throws(RuntimeError) {
            try await work(descriptor)
        } catch {
            ftruncate(descriptor, 0)
            throw error
        }
    }

    /// Archives are not for people's eyes.
    func refuseTerminal(_ path: String?, _ command: String) throws(RuntimeError) {
        if path == nil, output.isTerminal {
            throw .conflict("cowardly refusing to save to a terminal. Use the -o flag or redirect")
        }
    }

    func open(_ path: String, flags: Int32) async throws(RuntimeError) -> Int32 {
        do throws(FileAccessError) {
            return try await files.open(path, flags: flags, mode: 0o644, workingDirectory: workingDirectory)
        } catch {
            throw .system(stage: "open", errno: error.errno, path: path)
        }
    }
}
