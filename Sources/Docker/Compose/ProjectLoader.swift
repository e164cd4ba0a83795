import Commands
import Compose
import Terminal

/// Finds and reads the files of a project, as the caller sees them.
struct ProjectLoader {
    let context: CommandContext
    let line: Invocation

    private static let names = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"]

    var profiles: Set<String> {
        let environment = (context.environment["COMPOSE_PROFILES"] ?? "").split(separator: ",").map(String.init)
        return Set(line.all("profile") + environment)
    }

    func load(needsFile: Bool) async throws(ComposeError) -> ComposeProject {
        var files = line.all("file")
        if files.isEmpty, let named = context.environment["COMPOSE_FILE"], !named.isEmpty {
            files = named.split(separator: ":").map(String.init)
        }
        if files.isEmpty { files = await found() }
        let wantedName = line["project-name"] ?? context.environment["COMPOSE_PROJECT_NAME"]
        if files.isEmpty {
            if !needsFile, let wantedName {
                return ComposeProject(name: wantedName, directory: context.workingDirectory)
            }
            throw ComposeError(reason: .other("no configuration file provided: not found"))
        }
        var texts: [ProjectReader.File] = []
        for file in files {
            guard let text = await read(file) else {
                throw ComposeError(reason: .other("open \(absolute(file)): no such file or directory"))
            }
            texts.append(ProjectReader.File(name: file, text: text))
        }
        let directory = line["project-directory"].map(absolute) ?? parent(of: absolute(files[0]))
        let variables = try await variables(directory)
        // What services name is read when it is first asked for, and then the files are read again.
        var known: [String: String] = [:]
        while true {
            let requests = FileRequests(known)
            let reader = ProjectReader(directory: directory, variables: variables) { requests.content(of: $0) }
            let outcome: Result<ComposeProject, ComposeError>
            do throws(ComposeError) {
                outcome = .success(try reader.read(texts, name: wantedName))
            } catch {
                outcome = .failure(error)
            }
            var hasNew = false
            for path in requests.missing {
                guard let text = await read(path) else { continue }
                known[path] = text
                hasNew = true
            }
            if !hasNew { return try outcome.get() }
        }
    }

    /// The compose file of the working directory, or of the nearest one above it, and its override.
    private func found() async -> [String] {
        var directory = context.workingDirectory
        while true {
            let here = (try? await context.files.list(directory, workingDirectory: "/")) ?? []
            if let name = Self.names.first(where: here.contains) {
                let prefix = directory == context.workingDirectory ? "" : directory + "/"
                let stem = name.prefix { $0 != "." }
                let overrides = ["\(stem).override.yaml", "\(stem).override.yml"].filter(here.contains)
                return ([name] + overrides.prefix(1)).map { prefix + $0 }
            }
            if directory == "/" || directory.isEmpty { return [] }
            directory = parent(of: directory)
        }
    }

    /// `.env` of the project, below the caller's own environment.
    private func variables(_ directory: String) async throws(ComposeError) -> [String: String] {
        var variables = context.environment
        let wanted = line.all("env-file")
        for file in wanted.isEmpty ? [directory + "/.env"] : wanted {
            guard let text = await read(file) else {
                if wanted.isEmpty { continue }
                throw ComposeError(reason: .other("couldn't find env file: \(absolute(file))"))
            }
            for (name, value) in try EnvironmentFile.parse(text, file: file, variables: variables)
            where context.environment[name] == nil {
                variables[name] = value
            }
        }
        return variables
    }

    private func read(_ path: String) async -> String? {
        if path == "-" {
            return String(decoding: await InputStream(descriptor: context.input).readAll(limit: 1 << 24), as: UTF8.self)
        }
        guard let bytes = try? await context.files.read(path, workingDirectory: context.workingDirectory) else {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(context.workingDirectory)/\(path)"
    }

    private func parent(of path: String) -> String {
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        return "/" + parent
    }
}

/// Answers from what has been read, and remembers what has not.
private final class FileRequests {
    private let known: [String: String]
    private(set) var missing: Set<String> = []

    init(_ known: [String: String]) {
        self.known = known
    }

    func content(of path: String) -> String? {
        if known[path] == nil { missing.insert(path) }
        return known[path]
    }
}
