import ControllerRuntime
import Documents
import KubernetesAPI
import Synchronization

/// When each node last gave a sign of life, on our own clock: what the node writes is compared with what it wrote
/// before, never with our time, so that neither clocks that differ nor a pause of everything make a node look dead.
final class NodeHeartbeats: Sendable {
    private struct Heartbeat {
        var sign: String
        var heard: Duration
    }

    private let clock: any ControllerClock
    private let heartbeats = Mutex<[String: Heartbeat]>([:])

    init(clock: any ControllerClock) {
        self.clock = clock
    }

    /// How long ago `node` last changed its Lease or its `Ready` condition.
    func silence(of node: KubernetesObject, lease: KubernetesObject?) -> Duration {
        let renewal = lease?.spec["renewTime"]?.string ?? ""
        let status = node.conditionDocument("Ready")?.jsonText ?? ""
        let sign = "\(node.uid) \(renewal) \(status)"
        let now = clock.now
        return heartbeats.withLock { heartbeats in
            if let last = heartbeats[node.name], last.sign == sign { return now - last.heard }
            heartbeats[node.name] = Heartbeat(sign: sign, heard: now)
            return .zero
        }
    }

    func forget(_ node: String) {
        heartbeats.withLock { $0[node] = nil }
    }
}
