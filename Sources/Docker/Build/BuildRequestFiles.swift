import Commands
import ContainerRuntime
import Glibc
import Terminal

/// Why a command line asks for no build.
enum BuildRequestFailure: Error {
    /// docker's sentence, and a next step.
    case refused(String, hint: Localized?)
    /// The Dockerfile is not there; the files that are.
    case noDockerfile(path: String, inside: [String])
}

/// What a command line asks for, with the files it speaks of opened.
struct BuildRequestFiles: ~Copyable {
    var request: BuildRequest
    /// Of the context, if it is a directory.
    private let directory: Int32?
    /// Bytes of a Dockerfile: more is none.
    private static let textLimit = 8 << 20

    init(_ line: Invocation, _ context: CommandContext) async throws(BuildRequestFailure) {
        let place = line.allArguments[0]
        let file = line["file"]
        var directory: Int32?
        var secrets: [String: [UInt8]] = [:]
        for text in line.all("secret") {
            let (id, content) = try await BuildSecrets.read(text, context)
            secrets[id] = content
        }
        var agents: Set<String> = []
        for text in line.all("ssh") { agents.insert(try BuildSecrets.agent(text)) }
        if place == "-" {
            request = try await Self.streamed(file, context)
        } else {
            let opened = try await Self.open(place, context)
            directory = opened
            do throws(BuildRequestFailure) {
                request = try await Self.local(file, place, opened, context)
            } catch {
                close(opened)
                throw error
            }
        }
        self.directory = directory
        request.secrets = secrets
        request.agents = agents
        Self.apply(line, context, to: &request)
    }

    deinit {
        if let directory { close(directory) }
    }

    // MARK: Context and Dockerfile

    private static func open(_ place: String, _ context: CommandContext) async throws(BuildRequestFailure) -> Int32 {
        if place.hasPrefix("http://") || place.hasPrefix("https://") || place.hasPrefix("git@")
            || place.hasPrefix("github.com/")
        {
            throw .refused(
                "unable to prepare context: \(place): only directories and '-' are contexts here",
                hint: Localized(
                    ko: "먼저 파일을 이 컴퓨터에 받아 두고, 그 디렉터리를 주세요.",
                    en: "Get the files onto this machine first, and give their directory."))
        }
        do throws(FileAccessError) {
            return try await context.files.open(
                place, flags: O_RDONLY | O_DIRECTORY, mode: 0, workingDirectory: context.workingDirectory)
        } catch {
            let sentence =
                error.errno == 20
                ? "unable to prepare context: context must be a directory: \(place)"
                : error.errno == 2
                    ? "unable to prepare context: path \"\(place)\" not found"
                    : "unable to prepare context: \(place): \(ErrorNumber.text(error.errno))"
            throw .refused(
                sentence,
                hint: Localized(
                    ko: "마지막 인자는 Dockerfile 이 아니라 디렉터리예요. 지금 디렉터리는 점(.) 하나로 써요.",
                    en: "The last argument is a directory, not the Dockerfile. A dot (.) is the current one."))
        }
    }

    private static func local(
        _ file: String?, _ place: String, _ directory: Int32, _ context: CommandContext
    ) async throws(BuildRequestFailure) -> BuildRequest {
        if file == "-" {
            let text = await InputStream(descriptor: context.input).readAll(limit: Self.textLimit)
            return BuildRequest(dockerfile: .text(text), context: .directory(descriptor: directory))
        }
        let path = file ?? (place.hasSuffix("/") ? place : place + "/") + "Dockerfile"
        let name = String(path.split(separator: "/").last ?? "Dockerfile")
        do throws(FileAccessError) {
            let text = try await context.files.read(path, workingDirectory: context.workingDirectory)
            var request = BuildRequest(
                dockerfile: .text(text), name: name, context: .directory(descriptor: directory))
            request.ignoreFile = try? await context.files.read(
                path + ".dockerignore", workingDirectory: context.workingDirectory)
            return request
        } catch {
            guard error.errno == 2 else {
                throw .refused("failed to read dockerfile: open \(path): \(ErrorNumber.text(error.errno))", hint: nil)
            }
            let inside = try? await context.files.list(place, workingDirectory: context.workingDirectory)
            throw .noDockerfile(path: file ?? "Dockerfile", inside: inside ?? [])
        }
    }

    /// `docker build -`: a Dockerfile, or an archive with one in it.
    private static func streamed(
        _ file: String?, _ context: CommandContext
    ) async throws(BuildRequestFailure) -> BuildRequest {
        if file == "-" {
            throw .refused(
                "invalid argument: can't use stdin for both build context and dockerfile", hint: nil)
        }
        let input = InputStream(descriptor: context.input)
        let start = await input.readAll(limit: 512)
        guard ArchiveStart.isArchive(start) else {
            let text = start + (await input.readAll(limit: Self.textLimit))
            return BuildRequest(dockerfile: .text(text), name: "Dockerfile", context: .none)
        }
        let name = file ?? "Dockerfile"
        return BuildRequest(
            dockerfile: .file(path: name), name: String(name.split(separator: "/").last ?? "Dockerfile"),
            context: .archive(start: start, descriptor: context.input))
    }

    private static func apply(_ line: Invocation, _ context: CommandContext, to request: inout BuildRequest) {
        request.tags = line.all("tag")
        for argument in line.all("build-arg") {
            let name = String(argument.prefix { $0 != "=" })
            if name.count < argument.count {
                request.arguments[name] = String(argument.dropFirst(name.count + 1))
            } else if let value = context.environment[name] {
                // Without a value it is the caller's own.
                request.arguments[name] = value
            }
        }
        for label in line.all("label") {
            let name = String(label.prefix { $0 != "=" })
            request.labels[name] = String(label.dropFirst(name.count + 1))
        }
        request.target = line["target"]
        request.usesCache = !line.isOn("no-cache")
        request.pulls = line.isOn("pull")
        request.platform = line["platform"]
        let network = line["network"] ?? "default"
        request.network = network == "bridge" ? "default" : network
        let epoch = request.arguments["SOURCE_DATE_EPOCH"] ?? context.environment["SOURCE_DATE_EPOCH"]
        request.sourceDateEpoch = epoch.flatMap { Int($0) }
    }
}

/// Archives by their first bytes.
enum ArchiveStart {
    static func isArchive(_ bytes: [UInt8]) -> Bool {
        let marks: [[UInt8]] = [
            [0x1F, 0x8B], Array("BZh".utf8), [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], [0x28, 0xB5, 0x2F, 0xFD],
        ]
        if marks.contains(where: { bytes.starts(with: $0) }) { return true }
        return bytes.count >= 262 && Array(bytes[257..<262]) == Array("ustar".utf8)
    }
}
