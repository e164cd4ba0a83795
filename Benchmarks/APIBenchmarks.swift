import Cluster
import Documents
import KubernetesAPI
import Terminal

/// Creates through the whole request pipeline, one after the other.
struct CreateBenchmark: Benchmark {
    let name = "api-create"
    let summary = Localized(
        ko: "초당 ConfigMap 생성 수 (하나씩 이어서)", en: "ConfigMaps created a second, one after the other")
    let unit = Unit.operations
    let count = 20
    /// Creates of one value.
    private static let batch = 500

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let client = try await house.cluster().client()
        func run(_ round: Int) async throws -> Double {
            let watch = Stopwatch()
            for number in 0..<Self.batch {
                _ = try await client.create(.configMaps, WatchBenchmark.object("bench-\(round)-\(number)"))
            }
            let elapsed = watch.elapsed
            for number in 0..<Self.batch {
                _ = try await client.delete(
                    .configMaps, namespace: "default", name: "bench-\(round)-\(number)", DeleteOptions())
            }
            return Double(Self.batch) * 1000 / elapsed
        }
        _ = try await run(0)
        while !sampling.isComplete { try await sampling.add(try await run(sampling.values.count)) }
    }
}

/// From the call that writes to the event at whoever watches.
struct WatchBenchmark: Benchmark {
    let name = "watch"
    let summary = Localized(
        ko: "쓰기 시작부터 지켜보는 쪽에 이벤트가 닿기까지", en: "from a write to its event at a watcher")
    let count = 500

    static func object(_ name: String) -> KubernetesObject {
        var object = KubernetesObject(.configMaps, namespace: "default", name: name)
        object.document["data"] = ["key": "value", "text": "the quick brown fox jumps over the lazy dog"]
        return object
    }

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let client = try await house.cluster().client()
        var events = try await client.watch(.configMaps, namespace: "default", ListOptions()).makeAsyncIterator()
        var round = 0
        func run(_ name: String) async throws -> Double {
            let watch = Stopwatch()
            async let written = client.create(.configMaps, Self.object(name))
            while let event = try await events.next() {
                if case .added(let object) = event, object.name == name { break }
            }
            let elapsed = watch.elapsed
            _ = try await written
            _ = try await client.delete(.configMaps, namespace: "default", name: name, DeleteOptions())
            return elapsed
        }
        for _ in 0..<20 {
            round += 1
            _ = try await run("warm-\(round)")
        }
        while !sampling.isComplete { try await sampling.add(try await run("bench-\(sampling.values.count)")) }
    }
}
