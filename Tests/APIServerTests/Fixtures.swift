import Documents
import KubernetesAPI
import ObjectStore
import Synchronization
import Testing

@testable import APIServer

/// A server with a clock that stands still until it is told to go on.
final class TestCluster: Sendable {
    static let start = Timestamp(secondsSinceEpoch: 1_767_225_600)
    let server: APIServer
    let client: any KubernetesClient
    private let shared: SharedTime

    init(seed: UInt64 = 7, historyLimit: Int = 10_000) throws {
        let time = SharedTime()
        shared = time
        server = APIServer(
            store: ObjectStore(historyLimit: historyLimit), clock: { time.now }, seed: seed)
        try server.bootstrap()
        client = server.client(user: "kubernetes-admin")
    }

    func advance(by span: Duration) { shared.advance(by: span) }
}

final class SharedTime: Sendable {
    private let moment = Mutex(TestCluster.start)
    var now: Timestamp { moment.withLock { $0 } }
    func advance(by span: Duration) { moment.withLock { $0 = $0 + span } }
}

/// The object of a YAML text.
func object(_ text: String) throws -> KubernetesObject {
    KubernetesObject(try YAMLParser.document(in: text, file: "test").value)
}

/// The error that `work` ends with.
func status(_ work: () async throws -> Void) async throws -> Status {
    do {
        try await work()
    } catch let status as Status {
        return status
    }
    throw NothingThrown()
}

struct NothingThrown: Error {}

func pod(_ name: String, labels: [String: String] = [:], node: String? = nil) -> KubernetesObject {
    var pod = KubernetesObject(.pods, namespace: "default", name: name)
    pod.labels = labels
    pod.spec = ["containers": [["name": "main", "image": "busybox"]]]
    if let node { pod.spec["nodeName"] = .string(node) }
    return pod
}
