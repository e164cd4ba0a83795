import Glibc
import Terminal

/// The work of `build-small` and `build-cached` done by podman.
struct PeerBuildBenchmark: Benchmark {
    let isCached: Bool
    let count = 5

    var name: String { isCached ? "peer-podman-cached" : "peer-podman-build" }
    var summary: Localized {
        Localized(
            ko: "같은 것을 podman build로\(isCached ? " (모두 캐시에 있을 때)" : "")",
            en: "the same by podman build\(isCached ? ", all of it cached" : "")")
    }

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let store = try PodmanStore(house)
        do {
            try await measure(store, house, &sampling)
        } catch {
            await store.remove()
            throw error
        }
        await store.remove()
    }

    private func measure(_ store: PodmanStore, _ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let parent = house.environment["TMPDIR"] ?? "/tmp"
        let bundle = try PeerBundle(parent: parent)
        defer { bundle.directory.remove() }
        for name in ["sh", "ls", "mkdir"] {
            guard symlink("busybox", "\(bundle.root)/bin/\(name)") == 0 else {
                throw BenchmarkError("\(bundle.root): \(String(cString: strerror(errno)))")
            }
        }
        guard let tar = ForeignProgram.find("tar") else {
            throw BenchmarkError.notCompared("tar is not installed; not compared")
        }
        let base = bundle.directory.path + "/base.tar"
        _ = try await ForeignProgram(
            path: tar, arguments: ["tar", "--create", "--file", base, "--directory", bundle.root, "."],
            isSilenced: true
        ).measure()
        try await store.run(["import", base, "localhost/kijabi-bench"])
        let context = try SampleContext(parent: parent, base: "localhost/kijabi-bench")
        defer { context.directory.remove() }
        let words =
            ["build", "--quiet", "--pull=never", "--network", "none", "--tag", "kijabi-bench-build"]
            + (isCached ? [] : ["--no-cache"]) + [context.path]
        try await store.run(words)
        while !sampling.isComplete { try await sampling.add(try await store.run(words)) }
    }
}
