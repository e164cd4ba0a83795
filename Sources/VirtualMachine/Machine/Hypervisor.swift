public import ContainerRuntime
import Glibc
import LinuxKernel

/// Runs virtual machines beside the containers, on the same user space but each on a kernel of its own.
///
/// It works on a thread of its own, because it reads files and waits for locks. QEMU is a child of this process and ends
/// with it, however it ends.
public actor Hypervisor {
    private nonisolated let executor = ThreadExecutor(name: "hypervisor")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let runtime: any ContainerRuntime
    private let guestProgram: String
    private let stateDirectory: String
    private let searchPath: String
    private let kernelDirectory: String
    /// How long a machine may take to come up, if not as long as its accelerator may.
    private let patience: Duration?
    private var machines: [String: Machine] = [:]
    /// The order of starting, which lists keep.
    private var order: [String] = []
    /// Being started: their names are taken.
    private var starting: Set<String> = []
    private var roots: [String: MachineRoot] = [:]

    /// A machine that was started.
    private final class Machine {
        var status: MachineStatus
        let process: EmulatorProcess
        let console: MachineConsole
        let connection: GuestConnection

        init(_ status: MachineStatus, _ started: Started) {
            self.status = status
            process = started.process
            console = started.console
            connection = started.connection
        }
    }

    private struct Started: Sendable {
        var process: EmulatorProcess
        var console: MachineConsole
        var connection: GuestConnection
        var hello: GuestConnection.Hello
        var accelerator: Accelerator
        var time: Duration
    }

    /// - Parameters:
    ///   - runtime: has the images.
    ///   - guestProgram: `kijabi-guest`, the first process of every machine.
    ///   - stateDirectory: where is remembered which accelerator works.
    ///   - searchPath: where QEMU is looked for, as in `PATH`.
    public init(
        runtime: any ContainerRuntime, guestProgram: String, stateDirectory: String, searchPath: String,
        kernelDirectory: String = "/boot", patience: Duration? = nil
    ) {
        self.patience = patience
        self.runtime = runtime
        self.guestProgram = guestProgram
        self.stateDirectory = stateDirectory
        self.searchPath = searchPath
        self.kernelDirectory = kernelDirectory
    }

    // MARK: Starting

    /// Starts a machine; returns when its first process is there.
    /// - Parameter progress: told what is tried, and that another accelerator is tried after all.
    public func start(
        _ wanted: MachineConfiguration, progress: (@Sendable (Accelerator) -> Void)? = nil
    ) async throws(MachineError) -> MachineStatus {
        var wanted = wanted
        let name = try takeName(wanted.name)
        wanted.name = name
        defer { starting.remove(name) }
        let emulator = try Emulator.find(searchPath: searchPath)
        let kernel = try KernelImage.find(in: kernelDirectory)
        let root = try await root(of: wanted.image)
        let started = try await boot(emulator, wanted, kernel, root, progress)
        var status = MachineStatus(
            name: name, state: .running, accelerator: started.accelerator, kernel: kernel,
            release: started.hello.release,
            rootSize: root.size, memory: wanted.memory, processors: wanted.processors, image: wanted.image,
            startedAt: WallClock.seconds(), bootTime: started.time)
        status.pid = started.process.pid
        forget(name)
        let machine = Machine(status, started)
        machines[name] = machine
        order.append(name)
        Task {
            _ = await started.process.wait()
            self.ended(machine)
        }
        return status
    }

    private func takeName(_ wanted: String?) throws(MachineError) -> String {
        if let wanted {
            let letters = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
            guard !wanted.isEmpty, wanted.count <= 40, wanted.allSatisfy({ letters.contains($0) }),
                wanted.first?.isLetter ?? false || wanted.first?.isNumber ?? false
            else { throw .invalidName(wanted) }
        }
        // A machine that has ended holds nothing but what it said: its name is free.
        func isTaken(_ name: String) -> Bool { machines[name]?.status.state == .running || starting.contains(name) }
        var name = wanted ?? "vm1"
        if wanted == nil {
            for number in 1... where machines["vm\(number)"] == nil && !starting.contains("vm\(number)") {
                name = "vm\(number)"
                break
            }
        } else if isTaken(name) {
            throw .nameInUse(name)
        }
        starting.insert(name)
        return name
    }

    /// The image's layers as one tree, made once.
    private func root(of reference: String) async throws(MachineError) -> MachineRoot {
        let container: ContainerStatus
        do throws(RuntimeError) {
            let image = try await runtime.resolveImage(reference)
            if let known = roots[image.id] { return known }
            // Which directories an image is made of is told of a container that would run on it.
            var configuration = ContainerConfiguration(image: reference, command: ["sh"])
            configuration.labels = ["kijabi.role": "vm"]
            let id = try await runtime.createContainer(configuration)
            container = try await runtime.containerStatus(id)
            try await runtime.removeContainer(id, force: true)
        } catch {
            throw .image(error)
        }
        let root = try MachineRoot.assemble(layers: container.lowerDirectories, guest: guestProgram)
        roots[container.imageID] = root
        return root
    }

    private func boot(
        _ emulator: Emulator, _ wanted: MachineConfiguration, _ kernel: KernelImage, _ root: MachineRoot,
        _ progress: (@Sendable (Accelerator) -> Void)?
    ) async throws(MachineError) -> Started {
        let memory = AcceleratorMemory(
            path: stateDirectory + "/vm-accelerator",
            circumstances: "\(Emulator.hostRelease()) \(emulator.fingerprint) \(kernel.release)")
        let candidates = wanted.accelerator.map { [$0] } ?? memory.candidates()
        var last: MachineError = .interrupted
        for accelerator in candidates {
            progress?(accelerator)
            do throws(MachineError) {
                let started = try await attempt(emulator, wanted, accelerator, kernel, root)
                if wanted.accelerator == nil { memory.remember(accelerator) }
                return started
            } catch {
                if case .interrupted = error { throw error }
                last = error
            }
        }
        throw last
    }

    /// One try with one accelerator.
    private func attempt(
        _ emulator: Emulator, _ wanted: MachineConfiguration, _ accelerator: Accelerator, _ kernel: KernelImage,
        _ root: MachineRoot
    ) async throws(MachineError) -> Started {
        let clock = ContinuousClock()
        let begin = clock.now
        let process = try await EmulatorProcess.start(emulator, wanted, accelerator, kernel: kernel, root: root)
        let console = MachineConsole(process.console)
        let connection = GuestConnection(process.agent)
        let plug = Task { [patience] in
            try await Task.sleep(for: patience ?? accelerator.patience)
            process.kill()
        }
        let hello = await withTaskCancellationHandler {
            await connection.hello()
        } onCancel: {
            process.kill()
        }
        plug.cancel()
        let time = clock.now - begin
        guard let hello, !Task.isCancelled else {
            process.kill()
            let status = await process.wait()
            if Task.isCancelled { throw .interrupted }
            if status & 0x7F == SIGKILL {
                throw .didNotBoot(accelerator: accelerator, after: time, console: Self.tail(console.log))
            }
            let message = process.message
            throw message.isEmpty
                ? .didNotBoot(accelerator: accelerator, after: time, console: Self.tail(console.log))
                : .emulatorFailed(status: status >> 8 & 0xFF, message: message)
        }
        return Started(
            process: process, console: console, connection: connection, hello: hello, accelerator: accelerator,
            time: time)
    }

    private static func tail(_ log: [UInt8]) -> String {
        String(decoding: log, as: UTF8.self).split(whereSeparator: \.isNewline).suffix(5).joined(separator: "\n")
    }

    private func ended(_ machine: Machine) {
        machine.status.state = .exited
        machine.status.pid = nil
        machine.status.finishedAt = WallClock.seconds()
        machine.status.exit = machine.connection.consoleStatus.map(GuestSession.exitStatus) ?? 0
    }

    // MARK: Looking

    /// All machines, in the order of starting.
    public func list() -> [MachineStatus] { order.compactMap { machines[$0]?.status } }

    public func status(_ name: String) throws(MachineError) -> MachineStatus { try find(name).status }

    private func find(_ name: String) throws(MachineError) -> Machine {
        guard let machine = machines[name] else { throw .noSuchMachine(name) }
        return machine
    }

    /// What the console has said, and, if `follow`, says until the machine ends.
    public func log(_ name: String, follow: Bool) throws(MachineError) -> AsyncStream<[UInt8]> {
        let console = try find(name).console
        if follow { return console.output(fromStart: true) }
        let log = console.log
        return AsyncStream {
            $0.yield(log)
            $0.finish()
        }
    }

    // MARK: Using

    /// Runs a command in a running machine.
    /// - Returns: its exit status as a shell reports it.
    public nonisolated func execute(_ name: String, _ command: GuestCommand) async throws(MachineError) -> Int32 {
        try await GuestSession(connection: connection(name), machine: name, command: command).run()
    }

    private func connection(_ name: String) throws(MachineError) -> GuestConnection {
        let machine = try find(name)
        guard machine.status.state == .running else { throw .notRunning(name) }
        return machine.connection
    }

    /// The console of a running machine.
    func console(_ name: String) throws(MachineError) -> MachineConsole {
        let machine = try find(name)
        guard machine.status.state == .running else { throw .notRunning(name) }
        return machine.console
    }

    /// Returns when the machine has ended.
    public func wait(_ name: String) async throws(MachineError) -> MachineStatus {
        let machine = try find(name)
        _ = await machine.process.wait()
        ended(machine)
        return machine.status
    }

    // MARK: Ending

    /// Shuts the machine down; pulls the plug if it has not ended after `grace`. Idempotent.
    public func stop(_ name: String, grace: Duration = .seconds(5)) async throws(MachineError) {
        let machine = try find(name)
        guard machine.process.status == nil else { return }
        machine.connection.send(GuestFrame(.halt))
        let process = machine.process
        let plug = Task {
            try await Task.sleep(for: grace)
            process.kill()
        }
        _ = await process.wait()
        plug.cancel()
        ended(machine)
    }

    /// Forgets a machine that has ended; a running one only with `force`.
    public func remove(_ name: String, force: Bool) async throws(MachineError) {
        let machine = try find(name)
        if machine.process.status == nil {
            guard force else { throw .nameInUse(name) }
            machine.process.kill()
            _ = await machine.process.wait()
        }
        forget(name)
    }

    private func forget(_ name: String) {
        machines[name] = nil
        order.removeAll { $0 == name }
    }

    /// Ends all machines.
    public func shutdown() async {
        for machine in machines.values { machine.process.kill() }
        for machine in machines.values { _ = await machine.process.wait() }
        machines = [:]
        order = []
    }
}
