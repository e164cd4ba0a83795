import CLinux
public import ContainerRuntime
import Glibc
import LinuxKernel

extension ContainerEngine {
    public func attach(_ id: String, streams: StreamDescriptors) async throws(RuntimeError) -> any StreamSession {
        let record = try record(id)
        guard [.created, .running, .exited].contains(record.status.state) || record.isStarting else {
            throw .wrongState(id: record.id, state: record.status.state, wanted: "created, running or exited")
        }
        // Whoever attaches to one that has ended is going to start it.
        let hasEnded = record.status.state == .exited && !record.isStarting && record.exit.outcome != nil
        let exit = hasEnded ? record.nextExit : record.exit
        let duplicates = try StreamDuplicates(streams)
        let writer = OutputWriter(output: duplicates.output, error: duplicates.error ?? nil)
        var input: InputCopier?
        if let source = duplicates.input, record.configuration.openInput || record.configuration.terminal {
            let copier = try Self.copier(source)
            record.inputs.append(copier)
            begin(copier, record)
            input = copier
        }
        record.output.add(writer)
        return AttachedSession(
            engine: self, container: record.id, exit: exit, output: record.output, writer: writer, input: input)
    }

    static func copier(_ source: FileDescriptor) throws(RuntimeError) -> InputCopier {
        do throws(Errno) {
            return try InputCopier(from: source)
        } catch {
            throw .system(stage: "pipe", errno: error.code, path: nil)
        }
    }

    func resize(container id: String, _ size: TerminalSize) {
        guard let record = containersByID[id], record.configuration.terminal else { return }
        // Before the start, for the terminal that will be made.
        record.terminalSize = size
        if let terminal = record.process?.terminal { kijabi_set_window_size(terminal.number, size.columns, size.rows) }
    }

    public func exec(
        _ id: String, _ wanted: ExecConfiguration, streams: StreamDescriptors
    ) async throws(RuntimeError) -> any StreamSession {
        let record = try record(id)
        if record.status.state == .paused {
            throw .conflict("Container \(record.id) is paused, unpause the container before exec")
        }
        let session = try await run(record, wanted, streams: streams)
        announce(.exec, record, command: wanted.command)
        return session
    }

    /// Runs a further process, telling nobody.
    func run(
        _ record: ContainerRecord, _ wanted: ExecConfiguration, streams: StreamDescriptors
    ) async throws(RuntimeError) -> ExecSession {
        guard let container = record.process else {
            throw .wrongState(id: record.id, state: record.status.state, wanted: "running")
        }
        guard !wanted.command.isEmpty else { throw .invalid(field: "command", reason: "no command specified") }
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
}

extension ContainerEngine {
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

/// The engine's own duplicates of a front end's descriptors.
struct StreamDuplicates {
    let input: FileDescriptor?
    let output: FileDescriptor?
    let error: FileDescriptor?

    init(_ streams: StreamDescriptors) throws(RuntimeError) {
        do throws(Errno) {
            input = try Self.duplicate(streams.input)
            output = try Self.duplicate(streams.output)
            error = try Self.duplicate(streams.error)
        } catch {
            throw .system(stage: "duplicate descriptor", errno: error.code, path: nil)
        }
    }

    private static func duplicate(_ number: Int32?) throws(Errno) -> FileDescriptor? {
        guard let number else { return nil }
        return try FileDescriptor.duplicate(number)
    }
}
