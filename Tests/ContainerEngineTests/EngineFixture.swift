import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// An engine with one image, whose file tree is made of this machine's busybox.
final class EngineFixture: Sendable {
    let directory: ScratchDirectory
    let engine: ContainerEngine

    /// - Parameter other: that of an engine whose store this one shares.
    init(seed: UInt64? = nil, sharing other: ScratchDirectory? = nil) async throws {
        let directory = try other ?? ScratchDirectory("engine")
        self.directory = directory
        var configuration = EngineConfiguration(
            dataDirectory: directory.path + "/data", runDirectory: directory.path + "/run",
            programDirectory: URL(fileURLWithPath: builtProgram("x")).deletingLastPathComponent().path)
        configuration.seed = seed
        let root = directory.path + "/data/layers/busybox"
        engine = try await ContainerEngine.start(
            configuration,
            images: { harbour throws(RuntimeError) in
                do {
                    if other == nil { try BusyboxTree.make(at: root, owner: harbour.rootID) }
                } catch {
                    throw .unavailable(reason: "\(error)")
                }
                return OneImage(root: root)
            }, network: { HarbourOnly(harbour: $0) })
    }

    /// Runs a command to its end in a container of its own.
    func run(
        _ command: String..., change: (inout ContainerConfiguration) -> Void = { _ in }
    ) async throws -> (status: ProcessExit, output: String, error: String) {
        try await run(command, change: change)
    }

    func run(
        _ command: [String], change: (inout ContainerConfiguration) -> Void = { _ in }
    ) async throws -> (status: ProcessExit, output: String, error: String) {
        let id = try await create(command, change: change)
        try await engine.startContainer(id)
        let status = try await engine.waitContainer(id)
        let (output, error) = try await logs(id)
        try await engine.removeContainer(id, force: false)
        return (status, output, error)
    }

    func shell(_ script: String, change: (inout ContainerConfiguration) -> Void = { _ in }) async throws -> String {
        let result = try await run(["sh", "-c", script], change: change)
        return result.output.trimmingCharacters(in: .newlines)
    }

    func create(
        _ command: [String], change: (inout ContainerConfiguration) -> Void = { _ in }
    ) async throws -> String {
        var configuration = ContainerConfiguration(image: "busybox", command: command)
        configuration.sandbox = SandboxConfiguration(name: "test", hostname: "box", network: .none)
        change(&configuration)
        return try await engine.createContainer(configuration)
    }

    func start(
        _ command: String..., change: (inout ContainerConfiguration) -> Void = { _ in }
    ) async throws -> String {
        let id = try await create(command, change: change)
        try await engine.startContainer(id)
        return id
    }

    func logs(_ id: String) async throws -> (output: String, error: String) {
        var output: [UInt8] = []
        var error: [UInt8] = []
        for await line in try await engine.logs(id, LogOptions()) {
            if line.stream == .output { output += line.bytes } else { error += line.bytes }
        }
        return (String(decoding: output, as: UTF8.self), String(decoding: error, as: UTF8.self))
    }

    /// Runs a command in a running container.
    func exec(
        _ id: String, _ command: String..., change: (inout ExecConfiguration) -> Void = { _ in }
    ) async throws -> (status: ProcessExit, output: String) {
        var configuration = ExecConfiguration(command: command)
        change(&configuration)
        let pipe = try LinuxKernel.Pipe()
        let reader = Task { await KernelThread.run("test-reader") { readAll(pipe.readEnd) } }
        let session = try await engine.exec(
            id, configuration, streams: StreamDescriptors(output: pipe.writeEnd.number, error: pipe.writeEnd.number))
        let status = try await session.wait()
        shutdownWriter(pipe)
        return (status, await reader.value)
    }
}

/// The reader must see the end although this scope still holds the descriptor: a mark does for a test.
private let endMark: [UInt8] = Array("\u{0}end".utf8)

func shutdownWriter(_ pipe: LinuxKernel.Pipe) {
    _ = Glibc.write(pipe.writeEnd.number, endMark, endMark.count)
}

func readAll(_ descriptor: FileDescriptor) -> String {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = Glibc.read(descriptor.number, &buffer, buffer.count)
        if count <= 0 { break }
        all += buffer[..<count]
        if all.suffix(endMark.count) == endMark[...] {
            all.removeLast(endMark.count)
            break
        }
    }
    return String(decoding: all, as: UTF8.self)
}

enum BusyboxTree {
    static func make(at root: String, owner: UInt32) throws {
        let files = FileManager.default
        for name in ["bin", "etc", "tmp", "root", "dev", "proc", "sys", "var"] {
            try files.createDirectory(atPath: "\(root)/\(name)", withIntermediateDirectories: true)
        }
        try files.copyItem(atPath: "/bin/busybox", toPath: "\(root)/bin/busybox")
        try files.copyItem(atPath: builtProgram("escape-probe"), toPath: "\(root)/bin/escape-probe")
        let applets = [
            "sh", "true", "false", "cat", "echo", "sleep", "id", "ls", "hostname", "mount", "mknod", "ps", "kill",
            "tty",
            "stty", "grep", "readlink", "test", "touch", "rm", "mv", "mkdir", "dd", "head", "seq", "yes", "ulimit",
            "chown", "stat", "env", "ip", "wc", "sync", "tail", "unshare", "ln", "sysctl", "od", "trap", "pwd", "nproc",
        ]
        for applet in applets {
            try files.createSymbolicLink(atPath: "\(root)/bin/\(applet)", withDestinationPath: "busybox")
        }
        try Data("root:x:0:0:root:/root:/bin/sh\nsailor:x:1000:1000::/home/sailor:/bin/sh\n".utf8)
            .write(to: URL(fileURLWithPath: "\(root)/etc/passwd"))
        try Data("root:x:0:\ncrew:x:2000:sailor\nsailor:x:1000:\n".utf8)
            .write(to: URL(fileURLWithPath: "\(root)/etc/group"))
        for name in ["hosts", "hostname", "resolv.conf"] {
            try Data().write(to: URL(fileURLWithPath: "\(root)/etc/\(name)"))
        }
        guard owner != geteuid() else { return }
        let all = files.enumerator(atPath: root)
        lchown(root, owner, owner)
        while let path = all?.nextObject() as? String { lchown("\(root)/\(path)", owner, owner) }
    }
}

struct OneImage: ImageSource {
    let root: String

    func images() async throws(RuntimeError) -> [ImageSummary] { [try await resolve("busybox")] }

    func resolve(_ reference: String) async throws(RuntimeError) -> ImageSummary {
        guard reference == "busybox" else { throw .noSuchImage(reference) }
        return ImageSummary(
            id: "sha256:" + String(repeating: "0", count: 64), references: ["busybox:latest"], size: 2_000_000,
            createdAt: 0,
            entrypoint: [], command: ["sh"], environment: ["PATH=/bin"], workingDirectory: "", user: "", origin: "test")
    }

    func lowerDirectories(of image: ImageSummary) async throws(RuntimeError) -> [String] { [root] }
    func offered() async -> [String] { ["busybox"] }
}

/// The harbour's network without wires: sandboxes have their loopback.
struct HarbourOnly: NetworkPlumber {
    let harbour: Harbour

    func attach(
        sandbox: String, namespace: Int32, subnet: String, address: String?
    ) async throws(RuntimeError) -> String {
        throw .unavailable(reason: "no wires here")
    }
    func detach(sandbox: String) async {}
    func addNetwork(_ plan: NetworkPlan) async throws(RuntimeError) {}
    func removeNetwork(_ plan: NetworkPlan) async {}
    func admitToHost(sandbox: String) async {}
    func setNameServers(_ servers: [String], sandbox: String) async {}
    func delegate(domains: [String], to address: String) async throws(RuntimeError) {}
    func connect(
        sandbox: String, namespace: Int32, to plan: NetworkPlan, _ wanted: NetworkAttachment, names: [String]
    ) async throws(RuntimeError) -> NetworkConnection {
        throw .unavailable(reason: "no wires here")
    }
    func disconnect(sandbox: String, namespace: Int32, from plan: NetworkPlan) async throws(RuntimeError) {}
    func setNames(_ names: [String], sandbox: String, in plan: NetworkPlan) async {}
    func publish(
        _ ports: [PublishedPort], owner: String, address: String
    ) async throws(RuntimeError) -> [PublishedPort] { ports }
    func redirect(owner: String, to address: String?) async {}
    func unpublish(owner: String) async {}
    func socket(domain: Int32, type: Int32, protocol: Int32) async throws(RuntimeError) -> Int32 {
        try await harbour.makeSocket(domain: domain, type: type, protocol: `protocol`)
    }
    func connect(address: String, port: UInt16, timeout: Duration) async throws(RuntimeError) -> Int32 {
        throw .unreachable(address: address, port: port, errno: EHOSTUNREACH)
    }
    func addAddress(_ address: String) async throws(RuntimeError) {}
    func setServices(_ services: [VirtualService]) async throws(RuntimeError) {}
}
