import ContainerRuntime
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

@Suite struct PublishedPortTests {
    private func client(_ type: __socket_type = SOCK_STREAM) -> FileDescriptor {
        FileDescriptor(owning: socket(AF_INET, Int32(type.rawValue), 0)).withTimeout()
    }

    @Test("A published port answers on this machine and in the harbour, until it is closed")
    func roundTrip() async throws {
        let bed = try await NetworkBed()
        let pod = try await bed.pod(1, subnet: HarbourNetwork.defaultSubnet)
        try await pod.serve(port: 80, answer: "hello ")
        let ports = try await bed.network.publish(
            [PublishedPort(hostAddress: "127.0.0.1", hostPort: 0, containerPort: 80)], owner: "c",
            address: pod.address)
        let port = try #require(ports.first?.hostPort)
        #expect(port != 0)
        let outside = client()
        #expect(await outside.connect("127.0.0.1", port) == 0)
        outside.write("there")
        #expect(await outside.readToEnd() == "hello there")
        let inside = FileDescriptor(
            owning: try await bed.network.connect(address: "127.0.0.1", port: port, timeout: .seconds(5)))
        #expect(await inside.readToEnd() == "hello ")
        let held = client()
        #expect(await held.connect("127.0.0.1", port) == 0)
        #expect(await held.readText() == "hello ")
        await bed.network.unpublish(owner: "c")
        #expect(await held.readText() == "")
        #expect(await client().connect("127.0.0.1", port) == ECONNREFUSED)
    }

    @Test("Megabytes in both directions at once arrive whole")
    func bulk() async throws {
        let bed = try await NetworkBed()
        let pod = try await bed.pod(1, subnet: HarbourNetwork.defaultSubnet)
        try await pod.serve(port: 80, answer: "")
        let ports = try await bed.network.publish(
            [PublishedPort(hostAddress: "127.0.0.1", hostPort: 0, containerPort: 80)], owner: "c",
            address: pod.address)
        let socket = client()
        let port = try #require(ports.first?.hostPort)
        #expect(await socket.connect("127.0.0.1", port) == 0)
        let line = String(repeating: "0123456789abcde\n", count: 1 << 12)
        let pieces = 128
        KernelThread.start("test-writer") {
            for _ in 0..<pieces { socket.write(line) }
            shutdown(socket.number, Int32(SHUT_WR))
        }
        let received = await KernelThread.run("test-reader") {
            var received: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(socket.number, &buffer, buffer.count)
                if count <= 0 { return received }
                received += buffer[..<count]
            }
        }
        let isWhole = received == Array(String(repeating: line, count: pieces).utf8)
        #expect(isWhole)
    }

    @Test("A taken port is named, and nothing of the attempt stays")
    func taken() async throws {
        let bed = try await NetworkBed()
        let pod = try await bed.pod(1, subnet: HarbourNetwork.defaultSubnet)
        try await pod.serve(port: 80)
        let first = try await bed.network.publish(
            [PublishedPort(hostAddress: "127.0.0.1", hostPort: 0, containerPort: 80)], owner: "a",
            address: pod.address)
        let port = try #require(first.first?.hostPort)
        await #expect(throws: RuntimeError.portInUse(address: "127.0.0.1", port: port)) {
            try await bed.network.publish(
                [PublishedPort(hostAddress: "127.0.0.1", hostPort: port, containerPort: 80)], owner: "b",
                address: pod.address)
        }
        await bed.network.unpublish(owner: "b")
        await bed.network.unpublish(owner: "a")
        let again = try await bed.network.publish(
            [PublishedPort(hostAddress: "127.0.0.1", hostPort: port, containerPort: 80)], owner: "b",
            address: pod.address)
        #expect(again.first?.hostPort == port)
    }

    @Test("Clients of a published UDP port get their own answers")
    func datagrams() async throws {
        let bed = try await NetworkBed()
        let pod = try await bed.pod(1, subnet: HarbourNetwork.defaultSubnet)
        try await pod.serveDatagrams(port: 53, answer: "to ")
        let ports = try await bed.network.publish(
            [PublishedPort(hostAddress: "127.0.0.1", hostPort: 0, containerPort: 53, transport: .udp)], owner: "c",
            address: pod.address)
        let port = try #require(ports.first?.hostPort)
        let clients = (0..<5).map { _ in client(SOCK_DGRAM) }
        for (index, client) in clients.enumerated() {
            #expect(await client.connect("127.0.0.1", port) == 0)
            client.write("\(index)")
        }
        for (index, client) in clients.enumerated() { #expect(await client.readText() == "to \(index)") }
    }
}
