import Glibc
import LinuxKernel
import Synchronization

/// Writes output to an attached front end's descriptors, on a thread of its own that starts with the first output and
/// ends when there has been none for a moment: a front end may be slow (a pager), and must hold up nobody else.
final class OutputWriter: OutputSink {
    private struct State {
        var queue: [(bytes: [UInt8], isError: Bool)] = []
        var size = 0
        var isRunning = false
        var isClosed = false
        var failure: Int32?
        var waiting: [@Sendable () -> Void] = []
        var flushes: [CheckedContinuation<Void, Never>] = []
    }

    private let output: FileDescriptor?
    private let error: FileDescriptor?
    private let state = Mutex(State())
    /// Bytes that may wait for a slow reader before its container is made to wait, as docker's copiers do.
    private static let limit = 1 << 20

    init(output: FileDescriptor?, error: FileDescriptor?) {
        self.output = output
        self.error = error
    }

    func receive(_ bytes: [UInt8], isError: Bool, resume: @escaping @Sendable () -> Void) -> Bool {
        guard (isError ? error : output) != nil else { return true }
        let (mustStart, isFull) = state.withLock { state -> (Bool, Bool) in
            if state.isClosed { return (false, false) }
            // A small piece in a big buffer would hold all of the buffer.
            state.queue.append((bytes.count * 4 < bytes.capacity ? Array(bytes[...]) : bytes, isError))
            state.size += bytes.count
            let isFull = state.size > Self.limit
            if isFull { state.waiting.append(resume) }
            defer { state.isRunning = true }
            return (!state.isRunning, isFull)
        }
        if mustStart { KernelThread.start("attached-output") { [self] in run() } }
        return !isFull
    }

    /// Why it could not write: errno(3), but EPIPE.
    var failure: Int32? { state.withLock { $0.failure } }

    /// Waits until everything received so far has been written.
    func flush() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if !state.isRunning || state.isClosed { return true }
                state.flushes.append(continuation)
                return false
            }
            if isEmpty { continuation.resume() }
        }
    }

    /// Drops what has not been written, and everything from now on.
    func close() {
        let (waiting, flushes) = state.withLock { state in
            defer {
                state.queue = []
                state.size = 0
                state.waiting = []
                state.flushes = []
            }
            state.isClosed = true
            return (state.waiting, state.flushes)
        }
        for resume in waiting { resume() }
        for flush in flushes { flush.resume() }
    }

    private func run() {
        while true {
            let (batch, waiting, flushes) = state.withLock { state in
                defer {
                    state.queue = []
                    state.size = 0
                    state.waiting = []
                }
                if !state.queue.isEmpty { return (state.queue, state.waiting, [CheckedContinuation<Void, Never>]()) }
                state.isRunning = false
                defer { state.flushes = [] }
                return (state.queue, state.waiting, state.flushes)
            }
            for resume in waiting { resume() }
            if batch.isEmpty {
                for flush in flushes { flush.resume() }
                return
            }
            for (bytes, isError) in batch {
                guard let target = isError ? error : output else { continue }
                if let failure = Self.write(bytes, to: target.number) {
                    if failure != EPIPE { state.withLock { $0.failure = failure } }
                    close()
                    break
                }
            }
        }
    }

    /// - Returns: what went wrong; EPIPE if nobody reads any more.
    private static func write(_ bytes: [UInt8], to number: Int32) -> Int32? {
        var written = 0
        while written < bytes.count {
            let length = bytes.withUnsafeBytes {
                Glibc.write(number, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if length > 0 {
                written += length
            } else if errno == EAGAIN {
                // The front end's descriptor does not wait; then wait here.
                var watched = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
                _ = poll(&watched, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }
}
