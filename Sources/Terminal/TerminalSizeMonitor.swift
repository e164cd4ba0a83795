import Synchronization

/// Changes of a terminal's size, for whoever forwards them to a container.
///
/// Terminals here may belong to other processes (the caller sits in the toolbox), so that the kernel's SIGWINCH does not
/// reach every reader by itself. Whoever learns of a change, by a signal of its own or one relayed by a stub, calls
/// `windowMayHaveChanged`; every monitor then looks at its terminal once.
public struct TerminalSizeMonitor: Sendable {
    /// The terminal, owned by the caller and open for as long as `sizes` is read.
    public let descriptor: Int32

    public init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Tells every monitor of this process to look at its terminal. Not for use inside a signal handler.
    public static func windowMayHaveChanged() {
        notices.withLock { for continuation in $0.continuations.values { continuation.yield() } }
    }

    /// The sizes the terminal takes on from now, each one once. Ends with the task that reads it.
    public func sizes() -> AsyncStream<TerminalSize> {
        let descriptor = descriptor
        let (signals, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = Self.notices.withLock { $0.add(continuation) }
        continuation.onTermination = { _ in
            Self.notices.withLock { $0.continuations[id] = nil }
        }
        let last = Mutex(TerminalSize(descriptor: descriptor))
        return AsyncStream {
            for await _ in signals {
                let size = TerminalSize(descriptor: descriptor)
                let isNew = last.withLock { last in
                    defer { last = size }
                    return size != last
                }
                if isNew, let size { return size }
            }
            return nil
        }
    }

    private struct Notices {
        var continuations: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0

        mutating func add(_ continuation: AsyncStream<Void>.Continuation) -> Int {
            next += 1
            continuations[next] = continuation
            return next
        }
    }

    private static let notices = Mutex(Notices())
}
