import CLinux
public import ContainerRuntime
import Glibc
import LinuxKernel

/// Further processes in containers.
extension ContainerEngine {
    public func exec(
        _ id: String, _ wanted: ExecConfiguration, streams: StreamDescriptors
    ) async throws(RuntimeError) -> any StreamSession {
        let record = try record(id)
        if record.status.state == .paused {
            throw .conflict("Container \(record.id) is paused, unpause the container before exec")
        }
        return try await execute(record, wanted, streams: streams) { record, identifier in
            announce(.exec, record, command: wanted.command, detail: identifier)
        }
    }

    /// The same for a health check: `docker events` tells of it, but nobody asked for it.
    func execCheck(
        _ record: ContainerRecord, _ wanted: ExecConfiguration, streams: StreamDescriptors
    ) async throws(RuntimeError) -> ExecSession {
        try await execute(record, wanted, streams: streams) { record, identifier in
            tell("exec_start", record, identifier, wanted.command)
        }
    }

    private func execute(
        _ record: ContainerRecord, _ wanted: ExecConfiguration, streams: StreamDescriptors,
        tellStart: (ContainerRecord, String) -> Void
    ) async throws(RuntimeError) -> ExecSession {
        guard record.process != nil else {
            throw .wrongState(id: record.id, state: record.status.state, wanted: "running")
        }
        guard !wanted.command.isEmpty else { throw .invalid(field: "command", reason: "no command specified") }
        let identifier = execGenerator.identifier()
        tell("exec_create", record, identifier, wanted.command)
        let session = try await run(record, wanted, streams: streams)
        tellStart(record, identifier)
        let id = record.id
        Task { [weak self] in
            guard let exit = try? await session.exited() else { return }
            await self?.tell("exec_die", id, identifier, exit)
        }
        return session
    }

    private func tell(_ action: String, _ record: ContainerRecord, _ identifier: String, _ command: [String]) {
        broadcaster.send(
            EngineEvent(action, record.status, command: command, execID: identifier, time: configuration.now()))
    }

    private func tell(_ action: String, _ id: String, _ identifier: String, _ exit: ExitStatus) {
        // It may have ended because the container was removed.
        guard let record = containersByID[id] else { return }
        var event = EngineEvent(action, record.status, command: nil, execID: identifier, time: configuration.now())
        event.attributes["exitCode"] = String(exit.code)
        broadcaster.send(event)
    }

    private func run(
        _ record: ContainerRecord, _ wanted: ExecConfiguration, streams: StreamDescriptors
    ) async throws(RuntimeError) -> ExecSession {
        guard let container = record.process else {
            throw .wrongState(id: record.id, state: record.status.state, wanted: "running")
        }
        let hostname = sandboxesByID[record.status.sandboxID]?.configuration.hostname ?? ""
        var environment = CommandLine.environment(record.configuration, image: record.image, hostname: hostname)
        if wanted.terminal != nil { environment = CommandLine.merge([["TERM=xterm"], environment]) }
        try checkIdentity(of: wanted, in: record)
        var contents = ZygoteMessage()
        try await addProcess(
            &contents, record, command: wanted.command,
            environment: CommandLine.merge([environment, wanted.environment]),
            directory: wanted.workingDirectory ?? record.configuration.workingDirectory
                ?? record.image.workingDirectory,
            user: wanted.user ?? record.configuration.user ?? record.image.user, isPrivileged: wanted.isPrivileged)
        if let size = wanted.terminal {
            contents.add(ZYGOTE_FLAGS, Int32(ZYGOTE_PROCESS_TERMINAL))
            Self.add(size, to: &contents)
        }
        for descriptor in [streams.input, streams.output, streams.error] {
            let given = wanted.terminal == nil ? descriptor : nil
            contents.add(ZYGOTE_STDIO, given.map { contents.add(descriptor: $0) } ?? -1)
        }
        for membership in record.limits?.memberships ?? [] { contents.add(ZYGOTE_CGROUP, contents.add(membership)) }
        let session = ExecSession(writer: nil)
        let number = harbour.expectProcess { session.ended($0) }
        do {
            let reply = try await harbour.ask(ZYGOTE_EXEC, number, container.number, 0, contents)
            try session.began(try RunningProcess(number: number, reply: reply), streams, pump)
        } catch {
            harbour.forgetProcess(number)
            throw Self.startError(error, command: wanted.command)
        }
        return session
    }

    /// Where there is one id for all containers, nobody in one can become another.
    private func checkIdentity(of wanted: ExecConfiguration, in record: ContainerRecord) throws(RuntimeError) {
        guard harbour.idCount == 1, let user = wanted.user, !record.configuration.sharedWithHost.contains(.user),
            let identity = ContainerIdentity.find(user, in: record.status.lowerDirectories),
            identity.user != record.identity.user
        else { return }
        throw .invalid(
            field: "user",
            reason:
                "\(user): container \(record.id.prefix(12)) has one user only, \(record.identity.user), because this "
                + "machine grants you one user id ('kijabi doctor' tells how to get more)")
    }
}
