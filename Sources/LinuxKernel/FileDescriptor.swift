import CLinux
import Glibc

/// An open file descriptor that is closed when nobody holds it any more.
public final class FileDescriptor: Sendable {
    /// O_PATH, which the C library hides behind _GNU_SOURCE.
    public static let pathOnly: Int32 = 0o10000000

    /// The number; valid as long as this object is held.
    public let number: Int32

    /// Takes ownership of `number`.
    public init(owning number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// open(2), close-on-exec.
    public static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0o666) throws(Errno) -> FileDescriptor {
        FileDescriptor(owning: try checked { kijabi_open(path, flags | O_CLOEXEC, mode) })
    }

    /// A duplicate, close-on-exec: fcntl(2) `F_DUPFD_CLOEXEC`.
    public static func duplicate(_ number: Int32) throws(Errno) -> FileDescriptor {
        FileDescriptor(owning: try checked { fcntl(number, F_DUPFD_CLOEXEC, 3) })
    }

    /// A duplicate whose owner is the caller, for interfaces that pass bare numbers.
    public func duplicateNumber() throws(Errno) -> Int32 {
        try checked { fcntl(number, F_DUPFD_CLOEXEC, 3) }
    }

    /// Makes reads and writes fail with `EAGAIN` instead of waiting. It is the open file that changes, so only for files
    /// that nobody else shares.
    public func setNonblocking(_ enabled: Bool = true) throws(Errno) {
        try checked { kijabi_set_nonblocking(number, enabled ? 1 : 0) }
    }
}

/// The two ends of a pipe(7), close-on-exec.
public struct Pipe: Sendable {
    public let readEnd: FileDescriptor
    public let writeEnd: FileDescriptor

    public init() throws(Errno) {
        var ends: [Int32] = [-1, -1]
        try checked { kijabi_pipe(&ends) }
        readEnd = FileDescriptor(owning: ends[0])
        writeEnd = FileDescriptor(owning: ends[1])
    }
}

/// Two connected unix(7) sockets, close-on-exec.
public struct SocketPair: Sendable {
    public let first: FileDescriptor
    public let second: FileDescriptor

    /// - Parameter type: `SOCK_STREAM`, `SOCK_SEQPACKET`, …
    public init(type: Int32) throws(Errno) {
        var ends: [Int32] = [-1, -1]
        try checked { socketpair(AF_UNIX, type | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) }
        first = FileDescriptor(owning: ends[0])
        second = FileDescriptor(owning: ends[1])
    }
}
