import Commands
import ContainerRuntime
import Glibc
import Terminal

/// `docker cp`
enum CopyCommand {
    static func make(_ engine: any Engine) -> Command {
        var command = Command(
            "cp", summary: Localized(ko: "컨테이너와 파일을 주고받는다", en: "Copy files between a container and here"),
            usage: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n  docker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
            examples: [
                ("docker cp web:/etc/hosts .", Localized(ko: "꺼내 오기", en: "Take a file out")),
                ("docker cp index.html web:/www/", Localized(ko: "넣어 주기", en: "Put a file in")),
                ("docker cp web:/etc - | tar t", Localized(ko: "아카이브로 꺼내기", en: "Take it out as an archive")),
            ],
            flags: [
                Flag("archive", short: "a", summary: Localized(ko: "주인도 그대로", en: "Keep owners")),
                Flag("follow-link", short: "L", summary: Localized(ko: "링크를 따라간다", en: "Follow a link in SRC_PATH")),
                Flag("quiet", short: "q", summary: Localized(ko: "조용히", en: "Say nothing")),
            ]
        ) { line, context in
            guard line.allArguments.count == 2 else {
                return context.reportUsage("'docker cp' requires exactly 2 arguments", command: "cp")
            }
            do throws(RuntimeError) {
                let copy = Copy(line: line, engine: engine, context: context)
                let (source, target) = (Side(line.allArguments[0]), Side(line.allArguments[1]))
                switch (source, target) {
                case (.container, .container):
                    throw .conflict("copying between containers is not supported")
                case (.container(let name, let path), _): try await copy.out(name, path, to: line.allArguments[1])
                case (_, .container(let name, let path)): try await copy.into(name, path, from: line.allArguments[0])
                default: throw .conflict("must specify at least one container source")
                }
                return 0
            } catch {
                return context.report(error)
            }
        }
        command.completeArgument = { _, _, _ in
            await DockerContainers.completions(engine).map {
                Completion($0.word + ":", explanation: $0.explanation, continues: true)
            }
        }
        return command
    }

    /// An argument: `CONTAINER:PATH`, or a path here (one with a colon is written `./a:b`).
    enum Side: Equatable {
        case container(String, String)
        case here(String)

        init(_ text: String) {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if parts.count == 2, !parts[0].isEmpty, !text.hasPrefix("/"), !text.hasPrefix(".") {
                self = .container(parts[0], parts[1])
            } else {
                self = .here(text)
            }
        }
    }
}

/// The ends of a path, as docker looks at them.
struct CopyPath {
    /// Without slashes at its end and without a last `.`.
    let path: String
    /// `dir/.`: what is in it.
    let meansContents: Bool
    /// `dir/` or `dir/.`: it must be a directory.
    let assertsDirectory: Bool

    init(_ text: String) {
        var rest = text[...]
        meansContents = rest == "." || rest.hasSuffix("/.")
        assertsDirectory = meansContents || rest.hasSuffix("/")
        if meansContents { rest = rest.dropLast() }
        while rest.count > 1, rest.hasSuffix("/") { rest = rest.dropLast() }
        path = rest.isEmpty ? (text.hasPrefix("/") ? "/" : ".") : String(rest)
    }

    var name: String { path.split(separator: "/").last.map(String.init) ?? "/" }

    /// The directory it is in.
    var parent: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// One copy, decided as docker's archive package decides it: a directory that exists is copied into, else the last name
/// is the new one.
private struct Copy {
    let line: Invocation
    let engine: any Engine
    let context: CommandContext

    func out(_ container: String, _ sourceText: String, to targetText: String) async throws(RuntimeError) {
        let id = try await engine.containerStatus(container).id
        let source = CopyPath(sourceText.isEmpty ? "/" : sourceText)
        let place = FilePlace.container(id, path: source.path)
        let facts = try await find(
            place, sourceText, container, follow: line.isOn("follow-link") || source.assertsDirectory)
        if source.assertsDirectory, !facts.isDirectory { throw .conflict("not a directory: \(sourceText)") }
        if targetText == "-" {
            try context.refuseTerminal(nil, "cp")
            _ = try await transfer(place, .stream(context.output.descriptor), source.meansContents ? "" : source.name)
            return
        }
        let target = CopyPath(targetText)
        let isDirectory = await context.files.isDirectory(target.path, workingDirectory: context.workingDirectory)
        let parent = isDirectory ? target.path : target.parent
        if !isDirectory {
            let exists = await exists(target.path)
            if exists, facts.isDirectory { throw .conflict("cannot copy directory") }
            if target.assertsDirectory, !facts.isDirectory {
                throw .conflict(exists ? "not a directory: \(targetText)" : "no such directory: \(targetText)")
            }
            guard await context.files.isDirectory(parent, workingDirectory: context.workingDirectory) else {
                throw .conflict("invalid output path: directory \"\(parent)\" does not exist")
            }
        }
        let directory = try await context.open(parent, flags: O_RDONLY | O_DIRECTORY)
        defer { close(directory) }
        let name = isDirectory ? (source.meansContents || source.path == "/" ? "" : source.name) : target.name
        let bytes = try await transfer(place, .directory(directory, path: ""), name)
        say("Successfully copied \(ByteSize.decimal(bytes)) to \(targetText)")
    }

    func into(_ container: String, _ targetText: String, from sourceText: String) async throws(RuntimeError) {
        let status = try await engine.containerStatus(container)
        let target = CopyPath(targetText.isEmpty ? "/" : targetText)
        let there = try? await engine.look(at: .container(status.id, path: target.path), follow: true)
        if sourceText == "-" {
            guard let there else {
                throw .conflict("Could not find the file \(targetText) in container \(container)")
            }
            guard there.isDirectory else {
                throw .conflict("destination \"\(container):\(targetText)\" must be a directory")
            }
            _ = try await transfer(.stream(context.input), .container(status.id, path: target.path), "")
            return
        }
        let source = CopyPath(sourceText)
        // A path that is its own directory (`.`) has no name in its parent.
        let contentsOnly = source.meansContents || source.path == "/" || source.path == "." || source.name == ".."
        let directory = try await context.open(
            contentsOnly ? source.path : source.parent, flags: O_RDONLY | O_DIRECTORY)
        defer { close(directory) }
        let place = FilePlace.directory(directory, path: contentsOnly ? "" : source.name)
        let facts = try await find(place, sourceText, nil, follow: line.isOn("follow-link") || source.assertsDirectory)
        if source.assertsDirectory, !facts.isDirectory { throw .conflict("not a directory: \(sourceText)") }
        if let there, there.isDirectory {
            let bytes = try await transfer(
                place, .container(status.id, path: target.path), contentsOnly ? "" : source.name)
            return say("Successfully copied \(ByteSize.decimal(bytes)) to \(container):\(targetText)")
        }
        if there != nil, facts.isDirectory { throw .conflict("cannot copy directory") }
        if target.assertsDirectory, !facts.isDirectory { throw .conflict("no such directory: \(targetText)") }
        let parent = FilePlace.container(status.id, path: target.parent)
        guard (try? await engine.look(at: parent, follow: true))?.isDirectory == true else {
            throw .conflict("Could not find the file \(target.parent) in container \(container)")
        }
        let bytes = try await transfer(place, parent, target.name)
        say("Successfully copied \(ByteSize.decimal(bytes)) to \(container):\(targetText)")
    }

    private func transfer(_ source: FilePlace, _ target: FilePlace, _ name: String) async throws(RuntimeError) -> Int {
        try await engine.copyFiles(
            from: source, to: target, name: name, follow: line.isOn("follow-link"), keepOwners: line.isOn("archive"))
    }

    private func find(
        _ place: FilePlace, _ path: String, _ container: String?, follow: Bool
    ) async throws(RuntimeError) -> FileFacts {
        do throws(RuntimeError) {
            return try await engine.look(at: place, follow: follow)
        } catch {
            guard case .system(_, let errno, _) = error, errno == ENOENT || errno == ENOTDIR else { throw error }
            throw .conflict(
                container.map { "Could not find the file \(path) in container \($0)" }
                    ?? "lstat \(path): no such file or directory")
        }
    }

    private func exists(_ path: String) async -> Bool {
        let pathOnly: Int32 = 0o10_000_000
        guard
            let descriptor = try? await context.files.open(
                path, flags: pathOnly, mode: 0, workingDirectory: context.workingDirectory)
        else { return false }
        close(descriptor)
        return true
    }

    private func say(_ text: String) {
        if !line.isOn("quiet") { context.error.line(text) }
    }
}
