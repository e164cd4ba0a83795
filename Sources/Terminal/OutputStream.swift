import Glibc

/// Text on its way to a descriptor. Writes at once and whole; a reader that has gone away (EPIPE) is remembered, and
/// further text is dropped, as a program killed by SIGPIPE would.
public struct OutputStream: Sendable {
    /// The descriptor, owned by whoever opened it.
    public let descriptor: Int32

    public init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes the bytes.
    /// - Returns: false if nobody can read them any more.
    @discardableResult
    public func write(_ bytes: some Collection<UInt8>) -> Bool {
        let written: Bool? = bytes.withContiguousStorageIfAvailable { write(buffer: UnsafeRawBufferPointer($0)) }
        return written ?? Array(bytes).withUnsafeBytes { write(buffer: $0) }
    }

    @discardableResult
    public func write(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { write(buffer: UnsafeRawBufferPointer($0)) }
    }

    /// Writes a line.
    @discardableResult
    public func line(_ text: String = "") -> Bool {
        write(text + "\n")
    }

    /// The descriptor is a terminal.
    public var isTerminal: Bool { isatty(descriptor) == 1 }

    private func write(buffer: UnsafeRawBufferPointer) -> Bool {
        var rest = buffer
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno == EAGAIN {
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = Glibc.poll(&poll, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
