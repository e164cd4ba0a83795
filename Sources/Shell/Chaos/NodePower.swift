/// The switch of every node: who can sink a ship, and raise it again.
public protocol NodePower: Sendable {
    /// Kills what runs on the node and silences its kubelet, as a power cut would.
    /// - Throws: where there is no such node.
    func stopNode(_ name: String) async throws(NodePowerError)
    func startNode(_ name: String) async throws(NodePowerError)
    /// All nodes by name, and whether each has power.
    func nodes() async -> [(name: String, isRunning: Bool)]
}

public enum NodePowerError: Error, Sendable, Hashable {
    case noSuchNode(String)
    case failed(String)
}
