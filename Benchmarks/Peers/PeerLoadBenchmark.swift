import Glibc
import LinuxKernel
import Terminal

/// The work of `load-180` done by podman.
struct PeerLoadBenchmark: Benchmark {
    let name = "peer-podman-load"
    let summary = Localized(ko: "같은 이미지를 podman load로", en: "the same image by podman load")
    let count = 5

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let store = try PodmanStore(house)
        do {
            let image = try await house.sampleImage()
            // The first call makes directories.
            try await store.run(["images"])
            while !sampling.isComplete {
                await KernelThread.run("bench-sync") { sync() }
                let elapsed = try await store.run(["load", "--quiet", "--input", image.archive])
                try await store.run(["rmi", "--all", "--force"])
                try await sampling.add(elapsed)
            }
        } catch {
            await store.remove()
            throw error
        }
        await store.remove()
    }
}
