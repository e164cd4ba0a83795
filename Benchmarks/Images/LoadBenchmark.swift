import ContainerEngine
import ContainerRuntime
import Glibc
import LinuxKernel
import Terminal

/// `docker load` of an image of 180 MB: read, decompressed, hashed, unpacked, kept.
struct LoadBenchmark: Benchmark {
    let name = "load-180"
    let summary = Localized(
        ko: "docker load: 180 MB 이미지 (gzip 레이어 4개)를 읽고 풀어 두기",
        en: "docker load of a 180 MB image of four gzip layers")
    let count = 5

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let engine = try await house.engine()
        let image = try await house.sampleImage()
        while !sampling.isComplete {
            await KernelThread.run("bench-sync") { sync() }
            let archive = try FileDescriptor.open(image.archive, O_RDONLY)
            let watch = Stopwatch()
            let loaded = try await engine.loadImages(from: archive.number)
            let elapsed = watch.elapsed
            guard loaded == [.named(SampleImage.name)] else { throw BenchmarkError("loaded \(loaded)") }
            _ = try await engine.removeImage(SampleImage.name, force: true)
            try await sampling.add(elapsed)
        }
    }
}

/// The least that unpacking can take: the same layers, only decompressed and written by tar, one after another.
struct TarBenchmark: Benchmark {
    let name = "peer-tar"
    let summary = Localized(
        ko: "같은 레이어를 tar로 풀기만 할 때 (한 번에 하나씩)", en: "the same layers unpacked by tar, one after another")
    let count = 5

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        guard let tar = ForeignProgram.find("tar") else {
            throw BenchmarkError.notCompared("tar is not installed; not compared")
        }
        let image = try await house.sampleImage()
        while !sampling.isComplete {
            let place = try ScratchDirectory(parent: image.directory.path)
            defer { place.remove() }
            await KernelThread.run("bench-sync") { sync() }
            var elapsed = 0.0
            for layer in image.layers {
                let program = ForeignProgram(
                    path: tar, arguments: ["tar", "--extract", "--file", layer, "--directory", place.path],
                    environment: ["PATH=/usr/bin:/bin"], isSilenced: true)
                elapsed += try await program.measure()
            }
            try await sampling.add(elapsed)
        }
    }
}
