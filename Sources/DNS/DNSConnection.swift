import Glibc

/// One TCP client: queries and replies with two octets of length before each (RFC 1035 §4.2.2).
public struct DNSConnection {
    /// Tells a later connection with the same descriptor apart.
    public let number: Int64
    public var lastUse: Int64
    private var input: [UInt8] = []
    public var output: [UInt8] = []

    public init(now: Int64) {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        number = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        lastUse = now
    }

    public var hasOutput: Bool { !output.isEmpty }

    public mutating func append(_ bytes: ArraySlice<UInt8>) { input += bytes }

    public mutating func nextQuery() -> [UInt8]? {
        guard input.count >= 2 else { return nil }
        let length = Int(input[0]) << 8 | Int(input[1])
        guard input.count >= 2 + length else { return nil }
        let query = Array(input[2..<2 + length])
        input.removeFirst(2 + length)
        return query
    }

    public mutating func enqueue(_ reply: [UInt8]) {
        output += [UInt8(reply.count >> 8 & 0xFF), UInt8(reply.count & 0xFF)] + reply
    }
}
