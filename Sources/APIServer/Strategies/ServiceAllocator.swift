import KubernetesAPI
import Synchronization

/// Hands out what Services need one of in the cluster: addresses of the service range, and node ports.
///
/// The lower part of each range is left to those who ask for a certain value (such as cluster DNS), so that a random pick
/// does not take it from them; it is used once the upper part is full (KEP-3070, KEP-3668).
final class ServiceAllocator: Sendable {
    /// `10.96.0.0/12`
    static let rangeText = "10.96.0.0/12"
    static let firstAddress: UInt32 = 10 << 24 | 96 << 16 | 1
    static let lastAddress: UInt32 = 10 << 24 | 111 << 16 | 0xFFFE
    private static let staticAddresses: UInt32 = 256
    static let nodePorts = 30_000...32_767
    private static let staticNodePorts = 86

    enum Refusal: Error { case outOfRange, taken, exhausted }

    private struct State {
        var addresses: Set<UInt32> = []
        var ports: Set<Int> = []
    }

    private let seed: UInt64
    private let state = Mutex(State())

    init(seed: UInt64) {
        self.seed = seed
    }

    func take(_ address: IPv4Address) throws(Refusal) {
        guard (Self.firstAddress...Self.lastAddress).contains(address.bits) else { throw .outOfRange }
        let isNew = state.withLock { $0.addresses.insert(address.bits).inserted }
        if !isNew { throw .taken }
    }

    /// An address for the Service of this name; the same one each time, if it is free.
    func takeAddress(for service: ObjectKey) throws(Refusal) -> IPv4Address {
        var generator = SeededGenerator(seed: seed, for: "address \(service)")
        let dynamic = Self.firstAddress + Self.staticAddresses...Self.lastAddress
        let start = UInt32.random(in: dynamic, using: &generator)
        let bits: UInt32? = state.withLock { state in
            // From a random place upwards, around, and last of all into the static part.
            for candidates in [start...dynamic.upperBound, dynamic.lowerBound...start, Self.firstAddress...start] {
                for candidate in candidates where state.addresses.insert(candidate).inserted { return candidate }
            }
            return nil
        }
        guard let bits else { throw .exhausted }
        return IPv4Address(bits: bits)
    }

    func release(_ address: IPv4Address) {
        _ = state.withLock { $0.addresses.remove(address.bits) }
    }

    func take(nodePort port: Int) throws(Refusal) {
        guard Self.nodePorts.contains(port) else { throw .outOfRange }
        let isNew = state.withLock { $0.ports.insert(port).inserted }
        if !isNew { throw .taken }
    }

    /// A node port for the Service of this name; the same one each time, if it is free.
    func takeNodePort(for service: ObjectKey) throws(Refusal) -> Int {
        var generator = SeededGenerator(seed: seed, for: "node port \(service)")
        let dynamic = Self.nodePorts.lowerBound + Self.staticNodePorts...Self.nodePorts.upperBound
        let start = Int.random(in: dynamic, using: &generator)
        let port: Int? = state.withLock { state in
            for candidates in [start...dynamic.upperBound, dynamic.lowerBound...start, Self.nodePorts] {
                for candidate in candidates where state.ports.insert(candidate).inserted { return candidate }
            }
            return nil
        }
        guard let port else { throw .exhausted }
        return port
    }

    func release(nodePort port: Int) {
        _ = state.withLock { $0.ports.remove(port) }
    }
}
