import ContainerEngine
import ContainerRuntime
import Glibc
import LinuxKernel
import Terminal

/// A hundred containers that sleep, each with a network of its own: started at once, or removed at once, or what one of
/// them costs the machine in memory beside its own process.
struct IdleContainersBenchmark: Benchmark {
    enum Figure { case start, remove, memory }

    let figure: Figure
    private static let number = 100

    var name: String {
        switch figure {
        case .start: "start-100"
        case .remove: "remove-100"
        case .memory: "idle-memory"
        }
    }
    var summary: Localized {
        switch figure {
        case .start:
            Localized(ko: "네트워크가 있는 쉬는 컨테이너 100개 시작", en: "start 100 idle containers with a network")
        case .remove: Localized(ko: "그 100개 지우기", en: "remove these 100")
        case .memory:
            Localized(
                ko: "쉬는 컨테이너 하나가 자기 프로세스 말고 더 쓰는 메모리",
                en: "memory that an idle container costs beyond its own process")
        }
    }
    var unit: Unit { figure == .memory ? .megabytes : .milliseconds }
    var goal: Goal? {
        switch figure {
        case .start: .median(atMost: 1000)
        case .remove: .median(atMost: 300)
        case .memory: .median(atMost: 0.6)
        }
    }
    let count = 5
    let bareRuns = 20

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let engine = try await house.engine()
        // What is made once and kept is no container's.
        try await Self.remove(try await Self.start(5, engine), engine)
        while !sampling.isComplete {
            let before = figure == .memory ? KernelMemory.now(with: engine) : KernelMemory()
            var watch = Stopwatch()
            let containers = try await Self.start(Self.number, engine)
            var value = watch.elapsed
            if figure == .memory {
                value = Double(KernelMemory.now(with: engine).bytes - before.bytes) / Double(Self.number) / 1_000_000
            }
            watch = Stopwatch()
            try await Self.remove(containers, engine)
            if figure == .remove { value = watch.elapsed }
            try await sampling.add(value)
        }
    }

    private static func start(_ number: Int, _ engine: ContainerEngine) async throws -> [String] {
        var configuration = ContainerConfiguration(image: "busybox", command: ["sleep", "1d"])
        configuration.sandbox = SandboxConfiguration(
            name: "bench", hostname: "bench", network: .pod(subnet: "172.17.0.0/16"))
        let wanted = configuration
        return try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<number {
                group.addTask {
                    let id = try await engine.createContainer(wanted)
                    try await engine.startContainer(id)
                    return id
                }
            }
            var ids: [String] = []
            while let id = try await group.next() { ids.append(id) }
            return ids
        }
    }

    private static func remove(_ containers: [String], _ engine: ContainerEngine) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in containers { group.addTask { try await engine.removeContainer(id, force: true) } }
            try await group.waitForAll()
        }
    }
}

/// Memory that containers take elsewhere than in their own processes: the kernel's for namespaces, mounts and devices
/// (proc_meminfo(5)), and that of kijabi and the harbour's first process.
private struct KernelMemory {
    private(set) var bytes = 0

    private static let counters: Set<Substring> = [
        "Slab", "KernelStack", "PageTables", "Percpu", "Shmem", "VmallocUsed",
    ]

    static func now(with engine: ContainerEngine) -> KernelMemory {
        var memory = KernelMemory()
        for line in text("/proc/meminfo").split(separator: "\n") {
            let parts = line.split(whereSeparator: { $0 == ":" || $0 == " " })
            if parts.count > 1, counters.contains(parts[0]) { memory.bytes += (Int(parts[1]) ?? 0) * 1024 }
        }
        for process in ["self", "\(engine.harbour.pid)"] {
            for line in text("/proc/\(process)/smaps_rollup").split(separator: "\n")
            where line.hasPrefix("Private_Dirty:") {
                memory.bytes += (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
            }
        }
        return memory
    }

    private static func text(_ path: String) -> String {
        String(decoding: (try? ProcessFiles.read(path)) ?? [], as: UTF8.self)
    }
}
