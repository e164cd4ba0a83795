import Glibc
import LinuxKernel
import Synchronization

/// Copies a front end's input to a container, on a thread of its own because the front end's descriptor is not ours to
/// make non-blocking.
final class InputCopier: Sendable {
    private let stopping: Pipe
    private let source: FileDescriptor
    private let state = Mutex((started: false, stopped: false))

    init(from source: FileDescriptor) throws(Errno) {
        self.source = source
        stopping = try Pipe()
    }

    /// Starts to copy.
    /// - Parameters:
    ///   - target: non-blocking.
    ///   - atEnd: called when the source has ended, not when copying was stopped.
    func start(to target: FileDescriptor, atEnd: @escaping @Sendable () -> Void) {
        let mayStart = state.withLock { state in
            defer { state.started = true }
            return !state.started && !state.stopped
        }
        guard mayStart else { return }
        KernelThread.start("attached-input") { [self] in
            if copy(to: target) { atEnd() }
        }
    }

    /// Leaves unread what has not been read. Idempotent.
    func stop() {
        let isFirst = state.withLock { state in
            defer { state.stopped = true }
            return !state.stopped
        }
        if isFirst { _ = Glibc.write(stopping.writeEnd.number, [1], 1) }
    }

    /// Waits for `number`.
    /// - Returns: false if copying was stopped.
    private func wait(_ number: Int32, _ events: Int32) -> Bool {
        var watched = [
            pollfd(fd: number, events: Int16(events), revents: 0),
            pollfd(fd: stopping.readEnd.number, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let ready = poll(&watched, 2, -1)
            if ready < 0, errno != EINTR { return false }
            if watched[1].revents != 0 { return false }
            if ready > 0, watched[0].revents != 0 { return true }
        }
    }

    /// - Returns: true at the end of the source.
    private func copy(to target: FileDescriptor) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            guard wait(source.number, POLLIN) else { return false }
            let length = Glibc.read(source.number, &buffer, buffer.count)
            if length < 0, errno == EINTR || errno == EAGAIN { continue }
            if length <= 0 { return true }
            var written = 0
            while written < length {
                let count = buffer.withUnsafeBytes {
                    Glibc.write(target.number, $0.baseAddress?.advanced(by: written), length - written)
                }
                if count > 0 {
                    written += count
                } else if errno == EAGAIN {
                    guard wait(target.number, POLLOUT) else { return false }
                } else if errno != EINTR {
                    return false  // nobody reads any more
                }
            }
        }
    }
}
