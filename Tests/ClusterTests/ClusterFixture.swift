import Cluster
import ContainerEngine
import ContainerRuntime
import ControllerRuntime
import Controllers
import Documents
import Foundation
import Glibc
import Kubelet
import KubernetesAPI
import Testing

/// A program of this package, beside the test.
func builtProgram(_ name: String) -> String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(name).path
}

/// A cluster over a real engine, in a directory of its own.
struct ClusterFixture: Sendable {
    let cluster: Cluster
    let client: any KubernetesClient
    let engine: ContainerEngine

    /// Runs `body` with a cluster that is up, and takes everything down afterwards.
    static func run(
        nodes: Int = 3, controllers: ControllerTiming = ControllerTiming(),
        _ body: (ClusterFixture) async throws -> Void
    ) async throws {
        var template = Array("/tmp/kijabi-cluster-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        chmod(directory, 0o755)
        let programs = URL(fileURLWithPath: builtProgram("x")).deletingLastPathComponent().path
        let configuration = EngineConfiguration(
            dataDirectory: directory + "/data", runDirectory: directory + "/run", programDirectory: programs)
        let engine = try await ContainerEngine.start(
            configuration, searchPath: ProcessInfo.processInfo.environment["PATH"] ?? "/bin:/usr/bin")
        let cluster = Cluster(
            configuration: ClusterConfiguration(nodes: nodes, seed: 1, controllerTiming: controllers), runtime: engine)
        let fixture = ClusterFixture(cluster: cluster, client: cluster.client(), engine: engine)
        do {
            try await cluster.start()
            await cluster.waitUntilReady()
            try await body(fixture)
        } catch {
            await cluster.stop()
            await engine.shutdown()
            throw error
        }
        await cluster.stop()
        await engine.shutdown()
    }

    func create(_ resource: APIResource, yaml text: String) async throws {
        for document in try YAMLParser.documents(in: text, file: "test") {
            _ = try await client.create(resource, inDefault(KubernetesObject(document.value)))
        }
    }

    private func inDefault(_ object: KubernetesObject) -> KubernetesObject {
        var object = object
        if object.namespace.isEmpty { object.namespace = "default" }
        return object
    }

    func pods(_ labels: [String: String] = [:]) async throws -> [PodView] {
        let options = ListOptions(labelSelector: LabelSelector(matchLabels: labels))
        return try await client.list(.pods, namespace: "default", options).items.map(PodView.init)
    }

    func pod(_ name: String) async throws -> PodView {
        PodView(try await client.get(.pods, namespace: "default", name: name))
    }

    func eventually(
        _ what: Comment, within limit: Duration = .seconds(20), sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + limit
        while try await !condition() {
            guard ContinuousClock.now < end else {
                Issue.record(what, sourceLocation: sourceLocation)
                try await report()
                throw Timeout()
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    struct Timeout: Error {}

    /// What a person would look at.
    private func report() async throws {
        for pod in try await client.list(.pods).items {
            print("POD", pod.key, pod.spec["nodeName"]?.string ?? "-", pod.status.jsonText)
        }
        for event in try await client.list(.events).items {
            print(
                "EVENT", event.document.at("involvedObject", "name")?.string ?? "",
                event.document["reason"]?.string ?? "", event.document["message"]?.string ?? "")
        }
        for failure in cluster.failures.failures { print("FAILURE", failure) }
    }

    /// Runs a shell script in a Pod.
    func shell(_ pod: String, _ script: String) async throws -> (status: Int32, output: String) {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let session = try await client.podExec(
            namespace: "default", name: pod,
            PodExecOptions(command: ["sh", "-c", script], output: ends[1], error: ends[1]))
        close(ends[1])
        let status = try await session.wait()
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(ends[0], &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        close(ends[0])
        return (status, String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
