import ContainerEngine
import ContainerRuntime
import Glibc
import Terminal

/// What `docker run --rm busybox true` asks of the engine: create, attach, start, wait for the end and its output, remove.
struct RunBenchmark: Benchmark {
    let name: String
    let network: SandboxConfiguration.Network
    let goal: Goal?
    let count = 100

    var summary: Localized {
        Localized(
            ko: "컨테이너 만들기, 시작, 끝, 지우기 (\(name == "run-none" ? "네트워크 없이" : "네트워크와 함께"))",
            en: "create, start, end and remove a container, \(name == "run-none" ? "no" : "with a") network")
    }

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let engine = try await house.engine()
        for _ in 0..<5 { _ = try await Self.run(engine, network: network) }
        while !sampling.isComplete { try await sampling.add(try await Self.run(engine, network: network)) }
    }

    /// - Returns: milliseconds.
    static func run(_ engine: ContainerEngine, network: SandboxConfiguration.Network) async throws -> Double {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        var configuration = ContainerConfiguration(image: "busybox", command: ["true"])
        configuration.sandbox = SandboxConfiguration(name: "bench", hostname: "bench", network: network)
        let watch = Stopwatch()
        let id = try await engine.createContainer(configuration)
        let session = try await engine.attach(id, streams: StreamDescriptors(output: null, error: null))
        try await engine.startContainer(id)
        let exit = try await session.wait()
        try await engine.removeContainer(id, force: false)
        let elapsed = watch.elapsed
        guard exit.code == 0 else { throw BenchmarkError("true ended with \(exit.code)") }
        return elapsed
    }
}

/// `exec true` in a running container.
struct ExecBenchmark: Benchmark {
    let name = "exec"
    let summary = Localized(
        ko: "실행 중인 컨테이너에서 true 실행", en: "run true in a running container")
    let goal: Goal? = .median(atMost: 1)
    let count = 200

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let engine = try await house.engine()
        var configuration = ContainerConfiguration(image: "busybox", command: ["sleep", "1d"])
        configuration.sandbox = SandboxConfiguration(name: "bench", hostname: "bench", network: .none)
        let id = try await engine.createContainer(configuration)
        try await engine.startContainer(id)
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let command = ExecConfiguration(command: ["true"])
        let streams = StreamDescriptors(output: null, error: null)
        func run() async throws -> Double {
            let watch = Stopwatch()
            let exit = try await engine.exec(id, command, streams: streams).wait()
            let elapsed = watch.elapsed
            guard exit.code == 0 else { throw BenchmarkError("true ended with \(exit.code)") }
            return elapsed
        }
        do {
            for _ in 0..<5 { _ = try await run() }
            while !sampling.isComplete { try await sampling.add(try await run()) }
        } catch {
            try? await engine.removeContainer(id, force: true)
            throw error
        }
        try await engine.removeContainer(id, force: true)
    }
}
