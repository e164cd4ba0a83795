import CLinux
public import ContainerRuntime
import Glibc
import LinuxKernel

extension ContainerEngine {
    public func createContainer(_ wanted: ContainerConfiguration) async throws(RuntimeError) -> String {
        var wanted = wanted
        try check(wanted)
        let image = try await image(wanted.image, wanted.pullPolicy, platform: wanted.platform)
        try complete(&wanted, image)
        let id = try addContainer(wanted, image, lowerPaths: try await images_.lowerDirectories(of: image))
        guard let size = wanted.layerSize else { return id }
        do {
            try await limitLayer(Self.layerPath(id, wanted), size: size)
        } catch {
            try? await removeContainer(id, force: true)
            throw error
        }
        return id
    }

    /// The rest of making one, of which nothing waits, so that two cannot take one name.
    func addContainer(
        _ wanted: ContainerConfiguration, _ image: ImageSummary, lowerPaths: [String]
    ) throws(RuntimeError) -> String {
        var wanted = wanted
        if wanted.name == nil { wanted.name = unusedName() }
        let name = wanted.name ?? ""
        if let other = namesToIDs[name] { throw .nameInUse(name: name, by: other) }
        if let sandbox = wanted.sandboxID, sandboxesByID[sandbox] == nil { throw .noSuchSandbox(sandbox) }
        let command = CommandLine.of(wanted, image: image)
        guard !command.isEmpty else { throw .invalid(field: "command", reason: "no command specified") }
        try holdVolumes(of: wanted)
        defer { releaseVolumes(of: wanted) }
        let id = generator.identifier()
        let sandboxID =
            if let given = wanted.sandboxID { given } else { try privateSandbox(for: wanted, id: id).status.id }
        var status = ContainerStatus(
            id: id, name: name, imageReference: wanted.image, imageID: image.id,
            sandboxID: sandboxID, command: command, state: .created, createdAt: configuration.now(),
            configuration: wanted)
        status.image = image
        status.filesDirectory = "\(runDirectory)/sandboxes/\(sandboxID)"
        status.logPath = "\(runDirectory)/logs/\(id)"
        status.mounts = mountPoints(wanted)
        status.lowerDirectories = lowerPaths
        status.upperDirectory = "/proc/\(harbour.pid)/root\(Self.layerPath(id, wanted))/upper"
        let log = ContainerLog(
            path: status.logPath, limit: wanted.log.maximumSize ?? ContainerLog.standardLimit,
            maximumFiles: wanted.log.maximumFiles ?? 2,
            isDiscarded: wanted.log.isDiscarded, now: configuration.now)
        let record = ContainerRecord(
            status: status, image: image, lowerPaths: lowerPaths.map(harbourPath), log: log)
        containersByID[id] = record
        if let sandbox = sandboxesByID[sandboxID], sandbox.owner == id { showNetworks(of: sandbox) }
        namesToIDs[name] = id
        order.append(id)
        if let other = wanted.successorOf { successors[other] = id }
        announce(.create, record)
        return id
    }

    private func check(_ wanted: ContainerConfiguration) throws(RuntimeError) {
        if let name = wanted.name { try Self.checkName(name) }
        if wanted.sharedWithHost.contains(.mount) {
            throw .invalid(field: "sharedWithHost", reason: "a container always has a mount namespace of its own")
        }
        for mount in wanted.mounts where !mount.target.hasPrefix("/") {
            throw .invalid(field: "mounts", reason: "mount path must be absolute: \(mount.target)")
        }
        try checkSecurity(wanted)
        try checkSettings(wanted)
    }

    static func checkName(_ name: String) throws(RuntimeError) {
        let isValid =
            name.utf8.count > 1
            && name.utf8.enumerated().allSatisfy { index, byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): index > 0
                default: false
                }
            }
        if !isValid {
            throw .invalid(
                field: "name",
                reason: "invalid container name (\(name)), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
        }
    }

    private func unusedName() -> String {
        let name = generator.name()
        if namesToIDs[name] == nil { return name }
        for number in 1... where namesToIDs["\(name)\(number)"] == nil { return "\(name)\(number)" }
        return name
    }

    private func privateSandbox(
        for wanted: ContainerConfiguration, id: String
    ) throws(RuntimeError) -> SandboxRecord {
        var sandbox =
            wanted.sandbox
            ?? SandboxConfiguration(
                name: wanted.name ?? id, hostname: String(id.prefix(12)),
                network: .networks([NetworkAttachment(NetworkRegistry.defaultBridge)]))
        if wanted.sharedWithHost.contains(.network) { sandbox.network = .host }
        if sandbox.hostname.isEmpty { sandbox.hostname = String(id.prefix(12)) }
        var places: [NetworkPlace] = []
        if case .networks(let attachments) = sandbox.network {
            if attachments.count == 1, let only = attachments.first, let predefined = try predefined(only.network) {
                sandbox.network = predefined
            } else {
                places = try self.places(for: attachments)
            }
        }
        let record = addSandbox(sandbox, isPrivate: true)
        record.owner = id
        record.places = places
        return record
    }

    public func startContainer(_ id: String) async throws(RuntimeError) {
        let record = try record(id)
        record.restarting?.cancel()
        record.restarting = nil
        if record.status.state == .restarting { record.status.state = .exited }
        record.wasStopped = false
        record.status.restartCount = 0
        record.restartDelay = .milliseconds(100)
        try await start(record)
    }

    /// Starts it, whoever wants it.
    func start(_ record: ContainerRecord) async throws(RuntimeError) {
        guard record.status.state == .created || record.status.state == .exited, !record.isStarting,
            let sandbox = sandboxesByID[record.status.sandboxID]
        else { throw .wrongState(id: record.id, state: record.status.state, wanted: "created or exited") }
        record.isStarting = true
        record.earlyEnd = nil
        if record.status.state == .exited {
            if record.exit.outcome != nil {
                record.exit = record.nextExit
                record.nextExit = ExitPromise()
            }
            record.output.log.reopen()
        }
        record.status.health = nil
        do throws(RuntimeError) {
            if sandbox.isPrivate { try await makeReady(sandbox) }
            guard sandbox.status.isReady else { throw RuntimeError.noSuchSandbox(sandbox.status.id) }
            try await publishPorts(record, sandbox)
            try await execute(record, in: sandbox)
        } catch {
            record.isStarting = false
            await startFailed(record, sandbox, error)
            throw error
        }
        record.isStarting = false
        if let end = record.earlyEnd { ended(record.id, end) }
    }

    private func publishPorts(_ record: ContainerRecord, _ sandbox: SandboxRecord) async throws(RuntimeError) {
        guard !record.wantedPorts.isEmpty, let address = sandbox.status.address else { return }
        record.status.publishedPorts = try await plumber.publish(
            record.wantedPorts, owner: record.id, address: address)
    }

    private func execute(_ record: ContainerRecord, in sandbox: SandboxRecord) async throws(RuntimeError) {
        let streams = try ContainerPipes(record.configuration, owner: harbour.rootID)
        let limits = try makeLimits(record)
        let contents = try await specification(of: record, in: sandbox, streams, limits)
        let id = record.id
        let number = harbour.expectProcess { [weak self] end in
            guard let self else { return }
            Task { await self.ended(id, end) }
        }
        record.birthNumber = number
        let process: RunningProcess
        do {
            let reply = try await harbour.ask(ZYGOTE_RUN, number, sandbox.number, 0, contents)
            process = try RunningProcess(number: number, reply: reply)
        } catch {
            harbour.forgetProcess(number)
            throw Self.startError(error, command: record.status.command)
        }
        record.process = process
        record.status.state = .running
        record.status.pid = process.pid
        record.status.address = sandbox.status.address
        record.status.startedAt = configuration.now()
        record.status.finishedAt = nil
        record.status.exit = nil
        record.status.startError = nil
        do throws(Errno) {
            try connect(record, streams, process)
        } catch {
            throw .system(stage: "connect streams", errno: error.code, path: nil)
        }
        limits?.containerStarted(pid: process.pid)
        announce(.start, record)
        beginHealthChecks(record)
    }

    private func connect(_ record: ContainerRecord, _ streams: ContainerPipes, _ process: RunningProcess) throws(Errno)
    {
        if let terminal = process.terminal {
            let source = try OutputSource(terminal, isError: false, sink: record.output)
            record.sources = [pump.add(source)]
            record.input = terminal
            if let size = record.terminalSize { kijabi_set_window_size(terminal.number, size.columns, size.rows) }
        } else {
            record.sources = []
            for (pipe, isError) in [(streams.output, false), (streams.error, true)] {
                guard let pipe else { continue }
                record.sources.append(pump.add(try OutputSource(pipe.readEnd, isError: isError, sink: record.output)))
            }
            record.input = streams.input?.writeEnd
            try record.input?.setNonblocking()
        }
        for input in record.inputs { begin(input, record) }
    }

    /// Lets an attached input flow into the running container.
    func begin(_ input: InputCopier, _ record: ContainerRecord) {
        guard let target = record.input else { return }
        let id = record.id
        input.start(to: target) { [weak self] in
            guard let self else { return }
            Task { await self.inputEnded(id) }
        }
    }

    /// The front end has nothing more to say. A terminal stays open: there end-of-file is a key.
    private func inputEnded(_ id: String) {
        guard let record = containersByID[id], !record.configuration.terminal else { return }
        record.input = nil
        record.inputs.forEach { $0.stop() }
        record.inputs = []
    }

    /// What the zygote's failure means to whoever started a program.
    static func startError(_ error: any Error, command: [String]) -> RuntimeError {
        switch error {
        case RuntimeError.system("execute", let errno, _):
            let program = command.first ?? ""
            return errno == ENOENT || errno == ENOTDIR
                ? .commandNotFound(program) : .commandNotExecutable(program, errno: errno)
        case let error as RuntimeError: return error
        case let error as Errno: return .system(stage: "start", errno: error.code, path: nil)
        default: return .unavailable(reason: "\(error)")
        }
    }

    private func startFailed(_ record: ContainerRecord, _ sandbox: SandboxRecord, _ error: RuntimeError) async {
        record.status.startError = error
        let code: Int32 =
            switch error {
            case .commandNotFound: 127
            case .commandNotExecutable: 126
            default: 125
            }
        conclude(record, ExitStatus(code: code))
        await giveBack(record)
    }

    /// The zygote says that the container's first process has ended.
    func ended(_ id: String, _ end: ProcessEnd) {
        guard let record = containersByID[id] else { return }
        if record.isStarting {
            record.earlyEnd = end
            return
        }
        // What it wrote before its end is in the pipes.
        for source in record.sources { pump.finish(source) }
        record.sources = []
        var status = end.exitStatus
        tellKills(record)
        if record.limits?.containerEnded() == true { status.outOfMemory = status.code != 0 }
        conclude(record, status)
        Task { await giveBack(id) }
    }

    /// Brings a container to its end, whether it ran or could not be started.
    private func conclude(_ record: ContainerRecord, _ exit: ExitStatus) {
        record.checking?.cancel()
        record.checking = nil
        record.process = nil
        record.input = nil
        record.inputs.forEach { $0.stop() }
        record.inputs = []
        let restarts = mayRestart(record, exit)
        record.status.state = .exited
        record.status.pid = nil
        record.status.exit = exit
        record.status.finishedAt = configuration.now()
        if !restarts { record.output.log.finish() }
        announce(.die, record, exit: exit)
        if restarts { restartLater(record) }
        if record.wantedPorts.isEmpty { record.exit.fulfil(.success(exit)) }
    }

    private func giveBack(_ id: String) async {
        if let record = containersByID[id] { await giveBack(record) }
    }

    /// What an ended container had, goes back. Whoever waits for the end need not wait for this, but for its ports: the
    /// next container may want them as soon as this one is known to have stopped.
    private func giveBack(_ record: ContainerRecord) async {
        if !record.wantedPorts.isEmpty, let exit = record.status.exit {
            await plumber.unpublish(owner: record.id)
            record.exit.fulfil(.success(exit))
        }
        // Whoever waited may have started it again, or removed it.
        guard record.status.state == .exited || record.status.state == .restarting, !record.isStarting else { return }
        if let sandbox = sandboxesByID[record.status.sandboxID], sandbox.isPrivate { await release(sandbox) }
        if record.configuration.removeOnExit, record.status.state == .exited {
            try? await removeContainer(record.id, force: true)
        }
    }

    public func stopContainer(_ id: String, grace: Duration) async throws(RuntimeError) {
        let record = try record(id)
        settle(record)
        guard record.status.state.isAlive, let process = record.process else { return }
        let exit = record.exit
        let first = grace <= .zero ? SIGKILL : stopSignal(of: record)
        try signal(process, first)
        announce(.kill, record, signal: first)
        thaw(record)
        let timer = Task {
            try await Task.sleep(for: grace)
            try process.signal(SIGKILL)
        }
        defer { timer.cancel() }
        _ = try await exit.wait()
        announce(.stop, record)
        // Whoever stops it may want to remove its network as the next thing.
        guard record.status.state == .exited, !record.isStarting else { return }
        if let sandbox = sandboxesByID[record.status.sandboxID], sandbox.isPrivate { await release(sandbox) }
    }

    public func signalContainer(_ id: String, signal number: Int32) async throws(RuntimeError) {
        let record = try record(id)
        guard let process = record.process else {
            throw .wrongState(id: record.id, state: record.status.state, wanted: "running")
        }
        try signal(process, number)
    }

    func signal(_ process: RunningProcess, _ number: Int32) throws(RuntimeError) {
        do throws(Errno) {
            try process.signal(number)
        } catch {
            throw .system(stage: "signal", errno: error.code, path: nil)
        }
    }

    public func removeContainer(_ id: String, force: Bool) async throws(RuntimeError) {
        let record = try record(id)
        if record.status.state == .removing { return }
        if force { settle(record) }
        if record.status.state == .restarting {
            throw .wrongState(id: record.id, state: record.status.state, wanted: "exited")
        }
        if record.status.state.isAlive || record.isStarting {
            guard force, let process = record.process else {
                throw .wrongState(id: record.id, state: record.status.state, wanted: "exited")
            }
            try signal(process, SIGKILL)
            thaw(record)
            _ = try? await record.exit.wait()
            // It may have removed itself meanwhile.
            if containersByID[record.id] == nil || record.status.state == .removing { return }
        }
        record.status.state = .removing
        var contents = ZygoteMessage()
        contents.add(ZYGOTE_SOURCE, Self.layerPath(record.id, record.configuration))
        harbour.tell(ZYGOTE_REMOVE_TREE, record.configuration.layerSize == nil ? 0 : 1, contents)
        record.output.log.remove()
        record.limits?.remove()
        containersByID[record.id] = nil
        namesToIDs[record.status.name] = nil
        order.removeAll { $0 == record.id }
        releaseVolumes(of: record.configuration)
        if let sandbox = sandboxesByID[record.status.sandboxID], sandbox.isPrivate {
            await release(sandbox)
            forget(sandbox: sandbox.status.id)
        }
        announce(.destroy, record)
        record.exit.fulfil(.failure(.noSuchContainer(record.id)))
        record.removal.fulfil(.success(record.status.exit ?? ExitStatus(code: 0)))
        if record.configuration.removeOnExit { await removeAnonymousVolumes(record) }
    }
}
