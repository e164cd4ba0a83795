import CLinux
import Glibc

/// Calls on sockets and pipes that never wait. They return -1 and set errno, as the calls they stand for.
public enum StreamCalls {
    /// accept4(2): the new socket is close-on-exec and non-blocking.
    public static func accept(_ listener: Int32) -> Int32 { kijabi_accept(listener) }

    /// pipe2(2), close-on-exec and non-blocking, or nil.
    public static func pipe() -> (readEnd: Int32, writeEnd: Int32)? {
        var ends: [Int32] = [-1, -1]
        return kijabi_relay_pipe(&ends) == 0 ? (ends[0], ends[1]) : nil
    }

    /// splice(2): moves up to `length` bytes inside the kernel; one of the two must be a pipe.
    /// - Returns: the number of bytes; 0 at the end of the input.
    public static func splice(from source: Int32, to sink: Int32, length: Int) -> Int {
        kijabi_splice(source, sink, length)
    }

    /// Sets or clears O_NONBLOCK.
    @discardableResult
    public static func setBlocking(_ descriptor: Int32, _ isBlocking: Bool) -> Int32 {
        kijabi_set_nonblocking(descriptor, isBlocking ? 0 : 1)
    }

    /// Receives a datagram that was sent to somebody else and led here (tproxy), with its two ends; nil where there is none.
    public static func receiveRedirected(
        _ socket: Int32, into buffer: inout [UInt8]
    ) -> (count: Int, client: (IPv4Address, UInt16), destination: (IPv4Address, UInt16))? {
        var client = sockaddr_in()
        var destination = sockaddr_in()
        let length = buffer.count
        let count = kijabi_receive_redirected(socket, &buffer, length, &client, &destination)
        guard count >= 0 else { return nil }
        return (count, end(client), end(destination))
    }

    /// getpeername(2), getsockname(2) of an IPv4 socket.
    public static func ends(
        _ socket: Int32
    ) -> (peer: (IPv4Address, UInt16), own: (IPv4Address, UInt16))? {
        var peer = sockaddr_in()
        var own = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected =
            withUnsafeMutablePointer(to: &peer) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(socket, $0, &length) }
            } == 0
        length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound =
            withUnsafeMutablePointer(to: &own) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
            } == 0
        return isConnected && isBound ? (end(peer), end(own)) : nil
    }

    private static func end(_ address: sockaddr_in) -> (IPv4Address, UInt16) {
        (IPv4Address(value: UInt32(bigEndian: address.sin_addr.s_addr)), UInt16(bigEndian: address.sin_port))
    }

    /// setsockopt(2) with a number.
    /// - Returns: 0, or the errno.
    public static func setOption(_ socket: Int32, _ level: Int32, _ option: Int32, _ value: Int32) -> Int32 {
        var value = value
        return setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 ? 0 : errno
    }
}
