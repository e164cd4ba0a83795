import ContainerEngine
import ContainerRuntime
import Glibc
import LinuxKernel
import Terminal

/// `run-none` while the machine has a gigabyte still to write to its disk, over the same without: a container's end must
/// not wait for somebody else's writing.
struct DirtyPagesBenchmark: Benchmark {
    let name = "run-dirty"
    let summary = Localized(
        ko: "디스크에 쓸 것이 1 GB 밀려 있을 때의 run-none, 없을 때의 몇 배인지",
        en: "run-none with 1 GB waiting to be written to disk, over run-none without")
    let unit = Unit.times
    let goal: Goal? = .median(atMost: 1.25)
    let count = 5
    let bareRuns = 5
    private static let bytes = 1 << 30

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let engine = try await house.engine()
        let path = house.configuration.dataDirectory + "/bench-dirty-\(getpid())"
        defer { unlink(path) }
        while !sampling.isComplete {
            await KernelThread.run("bench-sync") { sync() }
            let clean = try await Self.runs(engine)
            guard await KernelThread.run("bench-write", { Self.fill(path) }) else {
                throw BenchmarkError("\(path): \(String(cString: strerror(errno)))")
            }
            let dirty = try await Self.runs(engine)
            await KernelThread.run("bench-remove") { _ = unlink(path) }
            try await sampling.add(dirty / clean)
        }
    }

    /// - Returns: the median of some runs, in milliseconds.
    private static func runs(_ engine: ContainerEngine) async throws -> Double {
        var values: [Double] = []
        for _ in 0..<15 { values.append(try await RunBenchmark.run(engine, network: .none)) }
        return Distribution(values).median
    }

    private static func fill(_ path: String) -> Bool {
        guard let file = try? FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600) else { return false }
        let piece = [UInt8](repeating: 0x55, count: 1 << 20)
        for _ in 0..<(bytes / piece.count) where write(file.number, piece, piece.count) != piece.count { return false }
        return true
    }
}
