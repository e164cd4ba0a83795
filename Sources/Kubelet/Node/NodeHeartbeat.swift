import ControllerRuntime
import Documents
import KubernetesAPI

/// Keeps a node alive in the eyes of the cluster: registers it, renews its Lease and reports its status (KEP-589).
struct NodeHeartbeat: Sendable {
    static let leaseNamespace = "kube-node-lease"

    let document: NodeDocument
    let client: any KubernetesClient
    let clock: any ControllerClock
    let timing: KubeletTiming

    private var name: String { document.identity.name }

    /// Makes the Node, or takes over the one that is there, and says that it is ready.
    func register() async throws(Status) -> KubernetesObject {
        let made = document.make(now: clock.timestamp)
        var node: KubernetesObject
        do throws(Status) {
            node = try await client.create(.nodes, made)
        } catch {
            guard error.reason == .alreadyExists else { throw error }
            node = try await client.get(.nodes, namespace: nil, name: name)
        }
        // A server keeps only the metadata and spec of what is created; the status is written by itself.
        if let written = try await report(on: node) { node = written }
        try await renew()
        return node
    }

    /// Renews and reports until the task is cancelled. A failure is made good the next time.
    func run() async {
        var reportedAt = clock.now
        while (try? await clock.sleep(for: timing.leaseRenewal)) != nil {
            try? await renew()
            guard let node = try? await client.get(.nodes, namespace: nil, name: name) else {
                // Somebody deleted it; a kubelet that lives registers again.
                _ = try? await register()
                continue
            }
            // Whoever took us for dead is corrected at once; otherwise the status is only refreshed now and then.
            guard !node.isConditionTrue("Ready") || clock.now - reportedAt >= timing.statusReport else { continue }
            _ = try? await report(on: node)
            reportedAt = clock.now
        }
    }

    /// - Returns: the node as written, or nil where there was nothing to write.
    private func report(on node: KubernetesObject) async throws(Status) -> KubernetesObject? {
        let status = document.status(of: node, now: clock.timestamp)
        guard let patch = statusPatch(from: node.status, to: status) else { return nil }
        return try await client.patch(
            .nodes, namespace: nil, name: name, .merge(["status": patch]), subresource: .status,
            WriteOptions(fieldManager: "kubelet"))
    }

    private func renew() async throws(Status) {
        let time = JSONValue.string(clock.timestamp.microText)
        do throws(Status) {
            _ = try await client.patch(
                .leases, namespace: Self.leaseNamespace, name: name,
                .merge(["spec": ["holderIdentity": .string(name), "renewTime": time]]), subresource: nil,
                WriteOptions(fieldManager: "kubelet"))
        } catch {
            guard error.reason == .notFound else { throw error }
            var lease = KubernetesObject(.leases, namespace: Self.leaseNamespace, name: name)
            lease.spec = [
                "holderIdentity": .string(name),
                "leaseDurationSeconds": .integer(Int(timing.leaseDuration / .seconds(1))), "renewTime": time,
            ]
            _ = try await client.create(.leases, lease)
        }
    }
}
