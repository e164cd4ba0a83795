import ContainerEngine
import ContainerRuntime
import Glibc
import LinuxKernel
import Terminal

/// A published port beside a connection that is made inside the harbour, where nothing is in between.
struct PublishedPortBenchmark: Benchmark {
    enum Figure: String {
        case throughput = "port-throughput"
        case latency = "port-latency"
        case connection = "port-connection"
    }

    let figure: Figure
    var name: String { figure.rawValue }
    var count: Int { figure == .throughput ? 15 : 50 }
    var unit: Unit { figure == .throughput ? .gigabytesPerSecond : .milliseconds }

    var summary: Localized {
        switch figure {
        case .throughput:
            Localized(ko: "연 포트로 컨테이너에서 받는 속도", en: "bytes out of a container through its published port")
        case .latency:
            Localized(
                ko: "연 포트를 지나는 왕복이 더 걸리는 시간", en: "what a published port adds to a round trip")
        case .connection:
            Localized(
                ko: "연 포트로 새로 잇는 데 더 걸리는 시간", en: "what a published port adds to a new connection and its first answer")
        }
    }

    var goal: Goal? {
        switch figure {
        case .throughput: .medianAtLeast(1)
        case .latency: .median(atMost: 0.1)
        case .connection: nil
        }
    }

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let engine = try await house.engine()
        let program = figure == .throughput ? ["cat", "/dev/zero"] : ["cat"]
        var configuration = ContainerConfiguration(
            image: "busybox", command: ["nc", "-ll", "-p", "9000", "-e"] + program)
        configuration.publishedPorts = [PublishedPort(hostAddress: "127.0.0.1", hostPort: 0, containerPort: 9000)]
        let id = try await engine.createContainer(configuration)
        do {
            try await engine.startContainer(id)
            let status = try await engine.containerStatus(id)
            guard let port = status.publishedPorts.first?.hostPort, let address = status.address else {
                throw BenchmarkError("no port was published")
            }
            let way = Way(engine: engine, address: address, port: port)
            try await way.waitUntilServed()
            while !sampling.isComplete { try await sampling.add(try await value(way)) }
        } catch {
            try? await engine.removeContainer(id, force: true)
            throw error
        }
        try await engine.removeContainer(id, force: true)
    }

    private func value(_ way: Way) async throws -> Double {
        switch figure {
        case .throughput: return try await Self.read(try await way.published(), bytes: 256 << 20)
        case .latency:
            let direct = try await Self.roundTrip(try await way.direct())
            return max(0, try await Self.roundTrip(try await way.published()) - direct)
        case .connection:
            var watch = Stopwatch()
            _ = try await Self.roundTrip(try await way.direct(), rounds: 1)
            let direct = watch.elapsed
            watch = Stopwatch()
            _ = try await Self.roundTrip(try await way.published(), rounds: 1)
            return max(0, watch.elapsed - direct)
        }
    }

    /// - Returns: GB/s.
    private static func read(_ socket: FileDescriptor, bytes: Int) async throws -> Double {
        let seconds = await KernelThread.run("bench") { () -> Double? in
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            let watch = Stopwatch()
            var rest = bytes
            while rest > 0 {
                let count = recv(socket.number, &buffer, buffer.count, 0)
                if count <= 0 { return nil }
                rest -= count
            }
            return watch.elapsed / 1000
        }
        guard let seconds else { throw BenchmarkError("the connection ended early") }
        return Double(bytes) / 1e9 / seconds
    }

    /// - Returns: milliseconds of one round trip of one byte.
    private static func roundTrip(_ socket: FileDescriptor, rounds: Int = 200) async throws -> Double {
        let elapsed = await KernelThread.run("bench") { () -> Double? in
            _ = StreamCalls.setOption(socket.number, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
            var byte: UInt8 = 1
            let watch = Stopwatch()
            for _ in 0..<rounds {
                guard send(socket.number, &byte, 1, Int32(MSG_NOSIGNAL)) == 1, recv(socket.number, &byte, 1, 0) == 1
                else { return nil }
            }
            return watch.elapsed / Double(rounds)
        }
        guard let elapsed else { throw BenchmarkError("the connection ended early") }
        return elapsed
    }

    /// The two ways to the container.
    private struct Way {
        let engine: ContainerEngine
        let address: String
        let port: UInt16

        func direct() async throws -> FileDescriptor {
            FileDescriptor(
                owning: try await engine.network.connect(address: address, port: 9000, timeout: .seconds(5)))
        }

        func published() async throws -> FileDescriptor {
            let number = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard number >= 0 else { throw BenchmarkError("no socket") }
            let socket = FileDescriptor(owning: number)
            let result = IPv4Address(value: 0x7F00_0001).withSocketAddress(port: port) {
                Glibc.connect(socket.number, $0, $1)
            }
            guard result == 0 else { throw BenchmarkError("the published port does not answer") }
            return socket
        }

        func waitUntilServed() async throws {
            let watch = Stopwatch()
            while true {
                if (try? await direct()) != nil { return }
                // The program listens in its own time, and nothing tells when.
                guard watch.elapsed < 5000 else { throw BenchmarkError("the container does not listen") }
                try await Task.sleep(for: .milliseconds(2))
            }
        }
    }
}
