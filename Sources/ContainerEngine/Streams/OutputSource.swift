import Glibc
import LinuxKernel
import Synchronization

/// Where output goes. Called with a lock held: it must not wait for anything.
protocol OutputSink: AnyObject, Sendable {
    /// - Parameter resume: to be called, later and from no lock of the caller's, when output may go on.
    /// - Returns: false if no more should come for now.
    func receive(_ bytes: [UInt8], isError: Bool, resume: @escaping @Sendable () -> Void) -> Bool
}

/// One descriptor that a container writes to. It is read as output comes (by the pump's thread), and to its end when the
/// container has ended (by whoever learns of it); the lock keeps the two, and the closing, apart.
final class OutputSource: Sendable {
    enum Outcome { case more, wait, pause, ended }

    private let isError: Bool
    private let sink: any OutputSink
    private let descriptor: Mutex<FileDescriptor?>

    /// - Parameter descriptor: a pipe's or pseudo-terminal's; reads from it are made to not wait.
    init(_ descriptor: FileDescriptor, isError: Bool, sink: any OutputSink) throws(Errno) {
        try descriptor.setNonblocking()
        self.isError = isError
        self.sink = sink
        self.descriptor = Mutex(descriptor)
    }

    /// Runs `body` while the descriptor is certainly open, if it is.
    func whileOpen(_ body: (Int32) -> Void) {
        descriptor.withLock { if let descriptor = $0 { body(descriptor.number) } }
    }

    /// Reads once and passes it on; then, if more is to come, runs `watch` while the descriptor is certainly open.
    func read(watch: (Int32) -> Void, resume: @escaping @Sendable () -> Void) -> Outcome {
        descriptor.withLock { descriptor in
            let outcome = step(&descriptor, resume)
            if let descriptor, outcome == .more || outcome == .wait { watch(descriptor.number) }
            return outcome
        }
    }

    /// Reads what is there and closes.
    func finish() {
        descriptor.withLock { descriptor in
            while descriptor != nil {
                switch step(&descriptor, {}) {
                case .more, .pause: continue
                case .wait, .ended: descriptor = nil
                }
            }
        }
    }

    private func step(_ state: inout FileDescriptor?, _ resume: @escaping @Sendable () -> Void) -> Outcome {
        guard let descriptor = state else { return .ended }
        var error: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 16384) { buffer, count in
            let length = Glibc.read(descriptor.number, buffer.baseAddress, buffer.count)
            if length < 0 { error = errno }
            count = max(0, length)
        }
        if !bytes.isEmpty { return sink.receive(bytes, isError: isError, resume: resume) ? .more : .pause }
        if error == EINTR { return .more }
        if error == EAGAIN { return .wait }
        // The end, or EIO: a pseudo-terminal whose last user has gone.
        state = nil
        return .ended
    }
}
