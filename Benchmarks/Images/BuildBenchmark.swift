import ContainerEngine
import ContainerRuntime
import Glibc
import LinuxKernel
import Terminal

/// `docker build` of two RUN and a COPY on busybox.
struct BuildBenchmark: Benchmark {
    /// Nothing has to be run.
    let isCached: Bool
    let count = 10

    var name: String { isCached ? "build-cached" : "build-small" }
    var summary: Localized {
        Localized(
            ko: "docker build: COPY 하나와 RUN 두 개 (\(isCached ? "모두 캐시에 있을 때" : "--no-cache"))",
            en: "docker build of a COPY and two RUN, \(isCached ? "all of it cached" : "--no-cache")")
    }

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let engine = try await house.engine()
        let context = try SampleContext(parent: house.environment["TMPDIR"] ?? "/tmp", base: "busybox")
        defer { context.directory.remove() }
        let files = try FileDescriptor.open(context.path, O_RDONLY | O_DIRECTORY)
        var request = BuildRequest(
            dockerfile: .file(path: "Dockerfile"), context: .directory(descriptor: files.number))
        request.tags = ["kijabi-bench-build"]
        request.network = "none"
        request.usesCache = isCached
        _ = try await engine.build(request) { _ in }
        while !sampling.isComplete {
            let watch = Stopwatch()
            let image = try await engine.build(request) { _ in }
            let elapsed = watch.elapsed
            guard image.ranSteps == 0 || !isCached else {
                throw BenchmarkError("\(image.ranSteps) steps had to be run")
            }
            try await sampling.add(elapsed)
        }
        withExtendedLifetime(files) {}
        _ = try await engine.removeImage("kijabi-bench-build", force: true)
    }
}
