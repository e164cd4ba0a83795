import Cluster
import Documents
import KubernetesAPI
import Terminal

/// `kubectl run` until a watcher sees the Pod's condition Ready.
struct RunToReadyBenchmark: Benchmark {
    let name = "run-to-ready"
    let summary = Localized(
        ko: "kubectl run 부터 파드가 Ready가 되기까지", en: "from kubectl run to the Pod's condition Ready")
    let goal: Goal? = .median(atMost: 30)
    let count = 30

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let cluster = try await house.cluster()
        let client = cluster.client()
        var events = try await client.watch(.pods, namespace: "default", ListOptions()).makeAsyncIterator()
        func run(_ name: String) async throws -> Double {
            let watch = Stopwatch()
            try await house.kubectl("run", name, "--image=busybox", "--", "sleep", "1d", on: cluster)
            while let event = try await events.next() {
                guard let object = event.object, object.name == name else { continue }
                if PodView(object).isReady { break }
            }
            let elapsed = watch.elapsed
            _ = try await client.delete(
                .pods, namespace: "default", name: name, DeleteOptions(gracePeriodSeconds: 0))
            while let event = try await events.next() {
                if case .deleted(let object) = event, object.name == name { break }
            }
            return elapsed
        }
        for round in 0..<3 { _ = try await run("warm-\(round)") }
        while !sampling.isComplete { try await sampling.add(try await run("bench-\(sampling.values.count)")) }
    }
}

/// A Deployment from no Pods to a hundred ready ones, each a real container with a network of its own.
struct ScaleBenchmark: Benchmark {
    let name = "scale-100"
    let summary = Localized(
        ko: "Deployment를 0에서 100개의 준비된 파드로", en: "a Deployment from 0 to 100 ready Pods")
    let goal: Goal? = .median(atMost: 3000)
    let count = 3
    let bareRuns = 20

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let cluster = try await house.cluster()
        let client = cluster.client()
        _ = try await client.create(.deployments, Self.deployment)
        do {
            var deployments = try await client.watch(.deployments, namespace: "default", ListOptions())
                .makeAsyncIterator()
            var pods = try await client.watch(.pods, namespace: "default", ListOptions()).makeAsyncIterator()
            while !sampling.isComplete {
                let watch = Stopwatch()
                try await house.kubectl("scale", "deployment", "bench", "--replicas=100", on: cluster)
                let generation = try await client.get(.deployments, namespace: "default", name: "bench").generation
                // Events of the round before may still be on their way.
                while let event = try await deployments.next() {
                    guard let object = event.object, object.generation == generation else { continue }
                    if object.status["readyReplicas"]?.int == 100 { break }
                }
                let elapsed = watch.elapsed
                try await house.kubectl("scale", "deployment", "bench", "--replicas=0", on: cluster)
                var gone = 0
                while gone < 100, let event = try await pods.next() {
                    if case .deleted = event { gone += 1 }
                }
                try await sampling.add(elapsed)
            }
        } catch {
            _ = try? await client.delete(.deployments, namespace: "default", name: "bench", DeleteOptions())
            throw error
        }
        _ = try await client.delete(.deployments, namespace: "default", name: "bench", DeleteOptions())
    }

    private static var deployment: KubernetesObject {
        var deployment = KubernetesObject(.deployments, namespace: "default", name: "bench")
        deployment.spec = [
            "replicas": 0,
            "selector": ["matchLabels": ["app": "bench"]],
            "template": [
                "metadata": ["labels": ["app": "bench"]],
                "spec": [
                    "terminationGracePeriodSeconds": 0,
                    "containers": [["name": "sleep", "image": "busybox", "command": ["sleep", "1d"]]],
                ],
            ],
        ]
        return deployment
    }
}
