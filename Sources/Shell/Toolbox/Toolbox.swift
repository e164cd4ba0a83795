import ContainerRuntime
import Glibc

/// The container where everything runs that is not a command of kijabi: the machine as the learner sees it. It is made
/// when it is first needed, and made anew if it has died.
actor Toolbox {
    /// Where it sees the directory of sockets.
    static let mountPoint = "/run/kijabi"
    static let image = "kijabi/toolbox:latest"
    static let stub = "/usr/local/bin/kijabi-stub"
    static let label = "kijabi.role"
    /// Said to a shell before its first cell: ours, not the shell's own, are what a learner means by these.
    static let shellFunctions =
        ["help", "history"].map { "\($0)() { \(mountPoint)/bin/\($0) \"$@\"; };" }
        .joined(separator: " ") + " " + notFound

    /// Cells are run by `eval`, and without this the shell would name it in front of what it could not find.
    private static let notFound =
        "command_not_found_handle() { printf 'sh: %s: not found\\n' \"$1\" >&2; return 127; };"

    let runtime: any ContainerRuntime
    /// On this machine; appears in the toolbox as `mountPoint`, read-only.
    nonisolated let directory: String
    nonisolated let environment: [String]
    private let startDirectory: String
    private let dns: DNSConfiguration?
    private let server: CommandServer
    /// The one before, whose place a new one takes.
    private var previous: String?
    private var creation: Task<Result<String, RuntimeError>, Never>?

    init(
        runtime: any ContainerRuntime, directory: String, startDirectory: String, dns: DNSConfiguration?,
        environment: [String], server: CommandServer
    ) {
        self.runtime = runtime
        self.directory = directory
        self.startDirectory = startDirectory
        self.dns = dns
        self.environment = environment
        self.server = server
    }

    /// The id of the running toolbox.
    func container() async throws(RuntimeError) -> String {
        if let creation, case .success(let id) = await creation.value {
            if let status = try? await runtime.containerStatus(id), status.state == .running { return id }
            self.creation = nil
            previous = id
            try? await runtime.removeContainer(id, force: true)
        }
        let creation = creation ?? Task { await self.create() }
        self.creation = creation
        let result = await creation.value
        if case .failure = result { self.creation = nil }
        return try result.get()
    }

    /// The file `path` can still be run in it: false after `rm -rf /`.
    func hasProgram(_ path: String) async -> Bool {
        guard let creation, case .success(let id) = await creation.value else { return true }
        guard
            let descriptor = try? await runtime.openFile(
                id, path: path, flags: FileAccessFlag.path | O_CLOEXEC, mode: 0)
        else {
            return false
        }
        close(descriptor)
        return true
    }

    /// Throws it away; the next cell gets a fresh one.
    func discard() async {
        guard let creation, case .success(let id) = await creation.value else { return }
        self.creation = nil
        previous = id
        try? await runtime.removeContainer(id, force: true)
    }

    private func create() async -> Result<String, RuntimeError> {
        do throws(RuntimeError) {
            let id = try await runtime.createContainer(configuration(withWork: true))
            do throws(RuntimeError) {
                try await runtime.startContainer(id)
            } catch {
                // A start directory that the container may not see is no reason to have no shell.
                try? await runtime.removeContainer(id, force: true)
                let second = try await runtime.createContainer(configuration(withWork: false))
                try await runtime.startContainer(second)
                await admitRoot(of: second)
                return .success(second)
            }
            await admitRoot(of: id)
            return .success(id)
        } catch {
            return .failure(error)
        }
    }

    /// Lets the toolbox's root, which may be another user on this machine, use the socket. Our files appear as its own
    /// there: the runtime maps the ids of what it mounts.
    private func admitRoot(of id: String) async {
        guard let processes = try? await runtime.processes(id), let first = processes.first(where: { $0.innerPid == 1 })
        else { return }
        server.admit(uid_t(first.uid))
    }

    private func configuration(withWork hasWork: Bool) -> ContainerConfiguration {
        var configuration = ContainerConfiguration(image: Self.image, command: [])
        configuration.entrypoint = [Self.stub, "--init"]
        configuration.successorOf = previous
        configuration.labels = [Self.label: "toolbox"]
        configuration.environment = environment
        configuration.workingDirectory = "/work"
        configuration.sandbox = SandboxConfiguration(
            name: "harbour", hostname: "harbour", network: .host, dns: dns, labels: [Self.label: "toolbox"])
        configuration.mounts = [
            Mount(source: .entrusted(path: directory), target: Self.mountPoint, readOnly: true)
        ]
        if hasWork {
            configuration.mounts.append(Mount(source: .copyOnWrite(path: startDirectory), target: "/work"))
        }
        return configuration
    }
}
