import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// An engine with the real network, and one image made of this machine's busybox.
final class NetworkedEngine: Sendable {
    let directory: ScratchDirectory
    let engine: ContainerEngine

    init(resolvers: [String] = [], proxies: [String: String] = [:]) async throws {
        let directory = try ScratchDirectory("networked")
        self.directory = directory
        let configuration = EngineConfiguration(
            dataDirectory: directory.path + "/data", runDirectory: directory.path + "/run",
            programDirectory: URL(fileURLWithPath: builtProgram("x")).deletingLastPathComponent().path)
        let root = directory.path + "/data/layers/busybox"
        engine = try await ContainerEngine.start(
            configuration,
            images: { harbour throws(RuntimeError) in
                do {
                    try BusyboxTree.make(at: root, owner: harbour.rootID)
                } catch {
                    throw .unavailable(reason: "\(error)")
                }
                return OneImage(root: root)
            },
            network: { harbour throws(RuntimeError) in
                try HarbourNetwork(
                    harbour: harbour, packetFilter: configuration.packetFilterProgram,
                    proxies: ProxyEnvironment(proxies), resolvers: resolvers)
            })
    }

    @discardableResult
    func network(_ name: String, change: (inout NetworkConfiguration) -> Void = { _ in }) async throws
        -> NetworkStatus
    {
        var configuration = NetworkConfiguration(name: name)
        change(&configuration)
        return try await engine.createNetwork(configuration)
    }

    /// A running container that does nothing.
    func box(
        _ name: String, in networks: [NetworkAttachment], change: (inout ContainerConfiguration) -> Void = { _ in }
    ) async throws -> String {
        try await start(name, ["sleep", "1d"], .networks(networks), change: change)
    }

    func start(
        _ name: String?, _ command: [String], _ network: SandboxConfiguration.Network,
        change: (inout ContainerConfiguration) -> Void = { _ in }
    ) async throws -> String {
        var configuration = ContainerConfiguration(image: "busybox", name: name, command: command)
        configuration.sandbox = SandboxConfiguration(name: "test", hostname: "", network: network)
        change(&configuration)
        let id = try await engine.createContainer(configuration)
        try await engine.startContainer(id)
        return id
    }

    /// What a shell script prints in a running container, errors too.
    func shell(_ id: String, _ script: String) async throws -> String {
        let pipe = try LinuxKernel.Pipe()
        let reader = Task { await KernelThread.run("test-reader") { readAll(pipe.readEnd) } }
        let session = try await engine.exec(
            id, ExecConfiguration(command: ["sh", "-c", script]),
            streams: StreamDescriptors(output: pipe.writeEnd.number, error: pipe.writeEnd.number))
        _ = try await session.wait()
        shutdownWriter(pipe)
        return await reader.value.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Has a container answer each connection to a port with a word; returns when it listens.
    func serve(_ id: String, port: Int, word: String) async throws {
        let text = try await shell(
            id,
            """
            echo 'echo \(word)' > /tmp/answer; busybox chmod +x /tmp/answer
            busybox nc -ll -p \(port) -e sh /tmp/answer >/dev/null 2>&1 &
            until busybox grep -q ':\(String(format: "%04X", port)) .* 0A' /proc/net/tcp /proc/net/tcp6
            do n=$((n+1)); [ $n -gt 5000 ] && exit 1; busybox usleep 1000; done; echo ready
            """)
        try #require(text == "ready")
    }

    func address(_ id: String, _ place: Int = 0) async throws -> String {
        let networks = try await engine.containerStatus(id).networks
        return try #require(networks.dropFirst(place).first?.address)
    }
}

/// A server of the test's own on this machine's loopback.
struct HostServer: Sendable {
    let port: UInt16
    private let socket: FileDescriptor

    /// - Parameter answer: what is sent to each client (TCP), or back before each datagram (UDP).
    init(_ type: __socket_type, answer: String) throws {
        let socket = FileDescriptor(owning: Glibc.socket(AF_INET, Int32(type.rawValue), 0))
        let loopback = IPv4Address(value: 0x7F00_0001)
        try #require(loopback.withSocketAddress(port: 0) { bind(socket.number, $0, $1) } == 0)
        if type == SOCK_STREAM { try #require(listen(socket.number, 64) == 0) }
        port = try #require(SocketEnd.bound(socket.number)?.port)
        self.socket = socket
        KernelThread.start("test-server") {
            var buffer = [UInt8](repeating: 0, count: 2048)
            while true {
                if type == SOCK_STREAM {
                    let client = accept(socket.number, nil, nil)
                    if client < 0 { return }
                    FileDescriptor(owning: client).write(answer)
                } else {
                    guard let (count, from) = SocketEnd.receive(socket.number, into: &buffer) else { return }
                    let reply = Array(answer.utf8) + buffer[..<count]
                    _ = from.withRaw { sendto(socket.number, reply, reply.count, 0, $0, $1) }
                }
            }
        }
    }
}
