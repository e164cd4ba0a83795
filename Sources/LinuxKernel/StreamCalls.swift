import CLinux

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
}
