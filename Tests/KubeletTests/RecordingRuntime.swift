import ContainerRuntime
import Synchronization

/// A container runtime whose containers do what a test says, and that notes what it was asked. Only the kubelet's own
/// decisions are tested with it; real containers are in ClusterTests.
actor RecordingRuntime: ContainerRuntime {
    enum Program: Sendable {
        /// Runs until it is stopped or the test ends it.
        case run
        case exit(Int32)
        case fail(RuntimeError)
        /// Does not care for SIGTERM.
        case stubborn
    }

    nonisolated let recordedNetwork = RecordingNetwork()
    nonisolated var network: any PodNetwork { recordedNetwork }

    private(set) var calls: [String] = []
    private(set) var stopGraces: [Duration] = []
    private var imageNames: Set<String> = ["busybox:latest"]
    private var offered: Set<String> = []
    private var programs: [String: [Program]] = [:]
    private var execResults: [String: (code: Int32, text: String)] = [:]
    private var pods: [String: SandboxStatus] = [:]
    private var statuses: [String: ContainerStatus] = [:]
    private var waiters: [String: [CheckedContinuation<ExitStatus, Never>]] = [:]
    private var listeners: [AsyncStream<ContainerEvent>.Continuation] = []
    private var number = 0

    // MARK: What a test says

    /// What the runs of a container do, one after the other; the last goes on for all later ones.
    func program(_ container: String, _ programs: Program...) { self.programs[container] = programs }
    func offer(_ image: String) { offered.insert(image) }
    func answerExec(_ command: String, _ code: Int32, _ text: String = "") { execResults[command] = (code, text) }
    func count(_ call: String) -> Int { calls.count { $0 == call } }

    func running(_ container: String) -> ContainerStatus? {
        statuses.values.first { label($0) == container && $0.state == .running }
    }

    func configuration(_ container: String) -> ContainerConfiguration? {
        statuses.values.filter { label($0) == container }.max { $0.createdAt < $1.createdAt }?.configuration
    }

    func end(_ container: String, _ code: Int32) {
        if let status = running(container) { end(id: status.id, ExitStatus(code: code)) }
    }

    private func label(_ status: ContainerStatus) -> String {
        status.configuration.labels["io.kubernetes.container.name"] ?? ""
    }

    private func end(id: String, _ exit: ExitStatus) {
        guard statuses[id]?.state == .running else { return }
        statuses[id]?.state = .exited
        statuses[id]?.exit = exit
        for waiter in waiters.removeValue(forKey: id) ?? [] { waiter.resume(returning: exit) }
        tell(.die, id, exit)
    }

    private func tell(_ kind: ContainerEvent.Kind, _ id: String, _ exit: ExitStatus? = nil) {
        let sandbox = statuses[id]?.sandboxID ?? ""
        for listener in listeners {
            listener.yield(ContainerEvent(kind: kind, containerID: id, sandboxID: sandbox, exit: exit, time: 0))
        }
    }

    private func nextID(_ prefix: String) -> String {
        number += 1
        return "\(prefix)\(number)"
    }

    // MARK: ContainerRuntime

    func images() async -> [ImageSummary] {
        imageNames.map {
            ImageSummary(
                id: "sha256:\($0)", references: [$0], size: 1, createdAt: 0, entrypoint: [], command: ["sh"],
                environment: [], workingDirectory: "/", user: "", origin: "test")
        }
    }

    func resolveImage(_ reference: String) async throws(RuntimeError) -> ImageSummary {
        calls.append("resolve \(reference)")
        if offered.contains(reference) { imageNames.insert(reference) }
        guard let found = await images().first(where: { $0.references == [reference] }) else {
            throw .noSuchImage(reference)
        }
        return found
    }

    func runSandbox(_ configuration: SandboxConfiguration) async -> SandboxStatus {
        calls.append("sandbox \(configuration.name)")
        let id = nextID("sandbox-")
        let status = SandboxStatus(
            id: id, name: configuration.name, address: "10.244.1.\(number)", isReady: true, createdAt: Double(number),
            labels: configuration.labels)
        pods[id] = status
        return status
    }

    func stopSandbox(_ id: String) async {
        calls.append("stop \(id)")
        pods[id]?.isReady = false
        for status in statuses.values where status.sandboxID == id {
            end(id: status.id, ExitStatus(code: 137, signal: 9))
        }
    }

    func removeSandbox(_ id: String) async {
        calls.append("remove \(id)")
        pods[id] = nil
        for status in statuses.values where status.sandboxID == id { statuses[status.id] = nil }
    }

    func sandboxes() async -> [SandboxStatus] { Array(pods.values) }

    func createContainer(_ configuration: ContainerConfiguration) async throws(RuntimeError) -> String {
        let id = nextID("container-")
        let status = ContainerStatus(
            id: id, name: configuration.name ?? id, imageReference: configuration.image, imageID: "sha256:1",
            sandboxID: configuration.sandboxID ?? "", command: [], state: .created, createdAt: Double(number),
            configuration: configuration)
        statuses[id] = status
        calls.append("create \(label(status))")
        return id
    }

    func startContainer(_ id: String) async throws(RuntimeError) {
        guard let status = statuses[id] else { throw .noSuchContainer(id) }
        let name = label(status)
        calls.append("start \(name)")
        var program = Program.run
        if var left = programs[name], let first = left.first {
            program = first
            if left.count > 1 { left.removeFirst() }
            programs[name] = left
        }
        if case .fail(let error) = program { throw error }
        statuses[id]?.state = .running
        statuses[id]?.startedAt = Double(number)
        tell(.start, id)
        if case .exit(let code) = program { end(id: id, ExitStatus(code: code)) }
        if case .stubborn = program { stubborn.insert(id) }
    }

    private var stubborn: Set<String> = []

    func stopContainer(_ id: String, grace: Duration) async throws(RuntimeError) {
        guard let status = statuses[id] else { throw .noSuchContainer(id) }
        calls.append("stop \(label(status))")
        stopGraces.append(grace)
        if stubborn.contains(id) {
            _ = try await waitContainer(id)
        } else {
            end(id: id, ExitStatus(code: 143, signal: 15))
        }
    }

    func signalContainer(_ id: String, signal: Int32) async {}

    func removeContainer(_ id: String, force: Bool) async {
        calls.append("remove \(id)")
        statuses[id] = nil
    }

    func containerStatus(_ id: String) async throws(RuntimeError) -> ContainerStatus {
        guard let status = statuses[id] else { throw .noSuchContainer(id) }
        return status
    }

    func containers() async -> [ContainerStatus] { Array(statuses.values) }

    func waitContainer(_ id: String) async throws(RuntimeError) -> ExitStatus {
        guard let status = statuses[id] else { throw .noSuchContainer(id) }
        if let exit = status.exit { return exit }
        return await withCheckedContinuation { waiters[id, default: []].append($0) }
    }

    func attach(_ id: String, streams: StreamDescriptors) async -> any StreamSession { FinishedSession(code: 0) }

    func exec(_ id: String, _ configuration: ExecConfiguration, streams: StreamDescriptors) async throws(RuntimeError)
        -> any StreamSession
    {
        let command = configuration.command.joined(separator: " ")
        calls.append("exec \(command)")
        guard let (code, text) = execResults[command] else { throw .commandNotFound(command) }
        if let output = streams.output { writeAll(text, to: output) }
        return FinishedSession(code: code)
    }

    func logs(_ id: String, _ options: LogOptions) async -> AsyncStream<LogLine> {
        AsyncStream { continuation in
            continuation.yield(LogLine(stream: .output, time: 1, bytes: Array("log of \(id)\n".utf8)))
            continuation.finish()
        }
    }

    func processes(_ id: String) async -> [ContainerProcess] { [] }
    func openFile(_ id: String, path: String, flags: Int32, mode: UInt32) async throws(RuntimeError) -> Int32 {
        throw .unavailable(reason: "no files here")
    }

    func events() async -> AsyncStream<ContainerEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: ContainerEvent.self)
        listeners.append(continuation)
        return stream
    }
}

struct FinishedSession: StreamSession {
    let code: Int32
    func wait() async -> ExitStatus { ExitStatus(code: code) }
    func resize(columns: UInt16, rows: UInt16) async {}
    func signal(_ signal: Int32) async {}
    func detach() async {}
}

/// Connections end at sockets that the test holds the other end of.
final class RecordingNetwork: PodNetwork {
    private let peers = Mutex<[UInt16: Int32]>([:])

    /// The next connection to `port` gets `descriptor`.
    func serve(_ port: UInt16, with descriptor: Int32) { peers.withLock { $0[port] = descriptor } }

    func socket(domain: Int32, type: Int32, protocol: Int32) async throws(RuntimeError) -> Int32 {
        throw .unavailable(reason: "no sockets here")
    }

    func connect(address: String, port: UInt16, timeout: Duration) async throws(RuntimeError) -> Int32 {
        guard let descriptor = peers.withLock({ $0.removeValue(forKey: port) }) else {
            throw .unreachable(address: address, port: port, errno: 111)
        }
        return descriptor
    }

    func addAddress(_ address: String) async {}
    func delegate(domains: [String], to address: String) async {}
    func setServices(_ services: [VirtualService]) async {}
}
