import Glibc

/// Why the kernel refused a system call: errno(3).
public struct Errno: Error, Hashable, Sendable, CustomStringConvertible {
    /// The number, e.g. `ENOENT`.
    public var code: Int32

    public init(_ code: Int32) {
        self.code = code
    }

    /// What the last failed call on this thread left behind.
    static var last: Errno { Errno(Glibc.errno) }

    /// The C library's words for it: `No such file or directory`.
    public var description: String { String(cString: strerror(code)) }
}

/// Runs a call that returns -1 and sets errno, again while a signal interrupts it (EINTR).
@discardableResult
public func checked<Result: BinaryInteger>(_ call: () -> Result) throws(Errno) -> Result {
    while true {
        let result = call()
        if result >= 0 { return result }
        let error = Errno.last
        if error.code != EINTR { throw error }
    }
}
