import Cluster
import KubernetesAPI
import Shell

/// The switches of the cluster's nodes, for `chaos`.
struct ClusterPower: NodePower {
    let cluster: Cluster

    func stopNode(_ name: String) async throws(NodePowerError) {
        do throws(ClusterError) {
            try await cluster.stopNode(name)
        } catch {
            throw Self.error(error)
        }
    }

    func startNode(_ name: String) async throws(NodePowerError) {
        do throws(ClusterError) {
            try await cluster.startNode(name)
        } catch {
            throw Self.error(error)
        }
    }

    func nodes() async -> [(name: String, isRunning: Bool)] {
        var nodes: [(name: String, isRunning: Bool)] = []
        for name in cluster.nodeNames {
            nodes.append((name, (try? await cluster.isNodeRunning(name)) ?? false))
        }
        return nodes
    }

    private static func error(_ error: ClusterError) -> NodePowerError {
        switch error {
        case .noSuchNode(let name, _): .noSuchNode(name)
        case .refused(let status): .failed(status.message)
        case .network(let cause): .failed("\(cause)")
        }
    }
}
