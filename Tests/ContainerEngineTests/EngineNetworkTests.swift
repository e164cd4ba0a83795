import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// The whole engine as the program starts it: the assembled image, real containers, the real network.
@Suite struct EngineNetworkTests {
    private func start(_ directory: ScratchDirectory) async throws -> ContainerEngine {
        try await ContainerEngine.start(
            EngineConfiguration(
                dataDirectory: directory.path + "/data", runDirectory: directory.path + "/run",
                programDirectory: URL(fileURLWithPath: builtProgram("x")).deletingLastPathComponent().path),
            searchPath: "")
    }

    private func run(
        _ engine: ContainerEngine, _ script: String, network: SandboxConfiguration.Network
    ) async throws -> String {
        var configuration = ContainerConfiguration(image: "busybox", command: ["sh", "-c", script])
        configuration.sandbox = SandboxConfiguration(name: "test", hostname: "test", network: network)
        let id = try await engine.createContainer(configuration)
        try await engine.startContainer(id)
        _ = try await engine.waitContainer(id)
        var text = ""
        for await line in try await engine.logs(id, LogOptions()) {
            text += String(decoding: line.bytes, as: UTF8.self)
        }
        return text
    }

    private func waitUntilServed(_ engine: ContainerEngine, _ address: String, _ port: UInt16) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            do {
                close(try await engine.network.connect(address: address, port: port, timeout: .seconds(1)))
                return
            } catch {
                // httpd binds in its own time, and nothing tells when it has.
                if ContinuousClock.now > deadline { throw error }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    @Test("A published web server answers this machine, the host network, its neighbours and its service's clients")
    func webServer() async throws {
        let directory = try ScratchDirectory("engine-network")
        let engine = try await start(directory)
        let pod = SandboxConfiguration.Network.pod(subnet: HarbourNetwork.defaultSubnet)
        var configuration = ContainerConfiguration(
            image: "busybox", command: ["sh", "-c", "echo -n hello > /index.html; exec httpd -f -p 80 -h /"])
        configuration.sandbox = SandboxConfiguration(name: "web", hostname: "web", network: pod)
        configuration.publishedPorts = [
            PublishedPort(hostAddress: "127.0.0.1", hostPort: 0, containerPort: 80)
        ]
        let web = try await engine.createContainer(configuration)
        try await engine.startContainer(web)
        let status = try await engine.containerStatus(web)
        let address = try #require(status.address)
        #expect(address == "172.17.0.2")
        let port = try #require(status.publishedPorts.first?.hostPort)
        try await waitUntilServed(engine, address, 80)
        try await engine.network.setServices([
            VirtualService(
                name: "default/web", address: "10.96.0.20", port: 80,
                endpoints: [VirtualService.Endpoint(address: address, port: 80)])
        ])
        let outside = FileDescriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)).withTimeout()
        #expect(await outside.connect("127.0.0.1", port) == 0)
        outside.write("GET / HTTP/1.0\r\n\r\n")
        #expect(await outside.readToEnd().hasSuffix("hello"))
        for (url, network) in [
            ("127.0.0.1:\(port)", SandboxConfiguration.Network.host), ("10.96.0.20", .host), (address, .host),
            (address, pod), ("10.96.0.20", pod),
        ] {
            let text = try await run(engine, "timeout 5 wget -qO- http://\(url)/", network: network)
            #expect(text == "hello", "\(url)")
        }
        // Published on the loopback only.
        let refused = try await run(engine, "timeout 5 wget -qO- http://172.17.0.1:\(port)/", network: pod)
        #expect(refused == "wget: can't connect to remote host (172.17.0.1): Connection refused\n")
        try await engine.stopContainer(web, grace: .zero)
        let late = FileDescriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        #expect(await late.connect("127.0.0.1", port) == ECONNREFUSED)
        await engine.shutdown()
    }

    @Test("A container sees one interface with its address and the gateway, and can ping it")
    func insideView() async throws {
        let directory = try ScratchDirectory("engine-network")
        let engine = try await start(directory)
        let text = try await run(
            engine, "ip -o addr show eth0; ip route; ping -c 1 -W 5 172.17.0.1 | grep -c ' 0% packet loss'",
            network: .pod(subnet: HarbourNetwork.defaultSubnet))
        #expect(text.contains("inet 172.17.0.2/32"))
        #expect(!text.contains("inet6"))
        #expect(text.contains("default via 172.17.0.1 dev eth0"))
        #expect(text.hasSuffix("1\n"))
        await engine.shutdown()
    }
}
