import Glibc

/// Queries about other names, on their way to the machine's own resolvers over UDP. Used by one thread only.
/// - `Client`: what the server needs to know to deliver the answer.
public struct UpstreamQueries<Client: Sendable>: Sendable {
    private struct Pending: Sendable {
        let client: Client
        let query: [UInt8]
        var attempt: Int
        var deadline: Int64
    }

    /// Before the next resolver is asked, in milliseconds.
    private static var patience: Int64 { 1500 }
    /// More at a time are answered with a failure.
    private static var limit: Int { 512 }

    private let resolvers: [SocketAddress]
    /// The socket they go out by, or -1 before the first.
    public private(set) var descriptor: Int32 = -1
    private var pending: [UInt16: Pending] = [:]
    private var refused: [(query: [UInt8], client: Client)] = []
    private var generator = SystemRandomNumberGenerator()

    /// - Parameter socket: a non-blocking datagram socket to ask by, which the caller owns; -1 makes one of this process.
    public init(resolvers: [SocketAddress], socket: Int32 = -1) {
        self.resolvers = resolvers
        descriptor = socket
    }

    /// When `expire` is to be called, in milliseconds of the monotonic clock; nil while nothing waits.
    public var nextDeadline: Int64? { refused.isEmpty ? pending.values.map(\.deadline).min() : 0 }

    /// - Parameter now: milliseconds of the monotonic clock.
    public mutating func ask(_ query: [UInt8], for client: Client, now: Int64) {
        guard pending.count < Self.limit, query.count >= 12, !resolvers.isEmpty, openSocket() else {
            refused.append((query, client))
            return
        }
        // A number of our own that cannot be guessed, so that nobody can answer for the resolver (RFC 5452).
        var id = UInt16.random(in: 0...UInt16.max, using: &generator)
        while pending[id] != nil { id &+= 1 }
        pending[id] = Pending(client: client, query: query, attempt: 0, deadline: now + Self.patience)
        send(id)
    }

    private mutating func openSocket() -> Bool {
        if descriptor < 0 { descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0) }
        guard descriptor >= 0 else { return false }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        return true
    }

    private mutating func send(_ id: UInt16) {
        guard let entry = pending[id] else { return }
        var bytes = entry.query
        bytes[0] = UInt8(id >> 8)
        bytes[1] = UInt8(id & 0xFF)
        let sent = resolvers[entry.attempt % resolvers.count].withRaw {
            sendto(descriptor, bytes, bytes.count, 0, $0, $1)
        }
        // No way there: nothing is worth waiting for.
        if sent < 0 { pending[id]?.deadline = 0 }
    }

    /// Reads the answers that have come.
    public mutating func receive(_ deliver: ([UInt8], Client) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while let (count, from) = SocketAddress.receive(descriptor, into: &buffer) {
            guard count >= 12, resolvers.contains(from) else { continue }
            let id = UInt16(buffer[0]) << 8 | UInt16(buffer[1])
            guard let entry = pending.removeValue(forKey: id) else { continue }
            var reply = Array(buffer[..<count])
            reply[0] = entry.query[0]
            reply[1] = entry.query[1]
            deliver(reply, entry.client)
        }
    }

    /// Asks the next resolver where one is silent, and gives up when all were asked.
    public mutating func expire(now: Int64, _ deliver: ([UInt8], Client) -> Void) {
        for (query, client) in refused {
            if let reply = DNSMessage.failure(for: query) { deliver(reply, client) }
        }
        refused = []
        for (id, entry) in pending where entry.deadline <= now {
            if entry.attempt + 1 < max(2, resolvers.count) {
                pending[id]?.attempt += 1
                pending[id]?.deadline = now + Self.patience
                send(id)
            } else {
                pending[id] = nil
                if let reply = DNSMessage.failure(for: entry.query) { deliver(reply, entry.client) }
            }
        }
    }

    public mutating func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}
