import Glibc

/// A netlink(7) socket. Whoever made it chose the network namespace that it speaks for; a descriptor made elsewhere and
/// passed here configures *that* namespace, so nobody has to enter it.
public struct NetlinkSocket: ~Copyable {
    /// The protocol of links, addresses and routes: rtnetlink(7).
    public static let route: Int32 = 0
    public static let netfilter: Int32 = 12

    public let descriptor: Int32
    private var sequence: UInt32 = 0

    /// Takes over `descriptor`, a socket of AF_NETLINK and SOCK_RAW.
    public init(owning descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Sends all `messages` at once; the kernel handles them in order before this returns, and goes on after one that
    /// fails. Only the last is acknowledged, so a batch costs two system calls.
    /// - Throws: the first failure, except those with an errno in `tolerated`.
    public mutating func send(_ messages: [NetlinkMessage], tolerating tolerated: Set<Int32> = []) throws(NetlinkError)
    {
        guard let last = messages.last else { return }
        let first = sequence &+ 1
        var bytes: [UInt8] = []
        for (index, message) in messages.enumerated() {
            sequence &+= 1
            var message = message
            if index == messages.count - 1 { message.flags.insert(.acknowledge) }
            bytes += message.encoded(sequence: sequence)
        }
        while Glibc.send(descriptor, bytes, bytes.count, 0) < 0 {
            if errno != EINTR { throw NetlinkError(stage: last.stage, errno: errno) }
        }
        var failure: NetlinkError?
        var isAcknowledged = false
        while !isAcknowledged {
            try receive(stage: last.stage) { type, answered, payload in
                guard type == Self.errorType, payload.count >= 4 else { return }
                let code = -payload.loadUnaligned(as: Int32.self)
                let index = Int(answered &- first)
                guard messages.indices.contains(index) else { return }
                if code != 0, failure == nil, !tolerated.contains(code) {
                    failure = NetlinkError(stage: messages[index].stage, errno: code)
                }
                if index == messages.count - 1 { isAcknowledged = true }
            }
        }
        if let failure { throw failure }
    }

    /// Sends a transaction of netfilter, whose first and last message are its boundaries: all of it happens, or nothing.
    /// - Throws: the first failure.
    public mutating func transact(_ messages: [NetlinkMessage]) throws(NetlinkError) {
        guard messages.count > 2 else { return }
        // The end itself is acknowledged by newer kernels only.
        let acknowledged = messages.count - 2
        let first = sequence &+ 1
        var bytes: [UInt8] = []
        for (index, message) in messages.enumerated() {
            sequence &+= 1
            var message = message
            if index == acknowledged { message.flags.insert(.acknowledge) }
            bytes += message.encoded(sequence: sequence)
        }
        let stage = messages[acknowledged].stage
        while Glibc.send(descriptor, bytes, bytes.count, 0) < 0 {
            if errno != EINTR { throw NetlinkError(stage: stage, errno: errno) }
        }
        var failure: NetlinkError?
        var isAcknowledged = false
        while !isAcknowledged, failure == nil {
            try receive(stage: stage) { type, answered, payload in
                guard type == Self.errorType, payload.count >= 4 else { return }
                let code = -payload.loadUnaligned(as: Int32.self)
                let index = Int(answered &- first)
                guard messages.indices.contains(index) else { return }
                if code != 0, failure == nil { failure = NetlinkError(stage: messages[index].stage, errno: code) }
                if index == acknowledged { isAcknowledged = true }
            }
        }
        if let failure { throw failure }
    }

    /// Sends a request with `.dump` and hands over the payload of each answer.
    public mutating func dump(
        _ message: NetlinkMessage, _ handle: (_ type: UInt16, UnsafeRawBufferPointer) -> Void
    ) throws(NetlinkError) {
        sequence &+= 1
        let bytes = message.encoded(sequence: sequence)
        while Glibc.send(descriptor, bytes, bytes.count, 0) < 0 {
            if errno != EINTR { throw NetlinkError(stage: message.stage, errno: errno) }
        }
        var isDone = false
        var failure: Int32 = 0
        while !isDone {
            try receive(stage: message.stage) { type, _, payload in
                switch type {
                case Self.doneType: isDone = true
                case Self.errorType:
                    isDone = true
                    failure = payload.count >= 4 ? -payload.loadUnaligned(as: Int32.self) : EIO
                default: handle(type, payload)
                }
            }
        }
        if failure != 0 { throw NetlinkError(stage: message.stage, errno: failure) }
    }

    private static let errorType: UInt16 = 2
    private static let doneType: UInt16 = 3

    /// Receives one datagram, which holds one message or several.
    private func receive(
        stage: String, _ handle: (_ type: UInt16, _ sequence: UInt32, UnsafeRawBufferPointer) -> Void
    ) throws(NetlinkError) {
        var buffer = [UInt8](repeating: 0, count: 1 << 15)
        var count = recv(descriptor, &buffer, buffer.count, 0)
        while count < 0, errno == EINTR { count = recv(descriptor, &buffer, buffer.count, 0) }
        if count < 0 { throw NetlinkError(stage: stage, errno: errno) }
        buffer.withUnsafeBytes { bytes in
            var offset = 0
            while offset + 16 <= count {
                let length = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
                guard length >= 16, offset + length <= count else { return }
                handle(
                    bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt16.self),
                    bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self),
                    UnsafeRawBufferPointer(rebasing: bytes[offset + 16..<offset + length]))
                offset += (length + 3) & ~3
            }
        }
    }
}
