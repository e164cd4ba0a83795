import Synchronization

/// News that some terminal has changed its size. SIGWINCH belongs to the whole process, so whoever runs something on a
/// terminal listens here and asks its own descriptor for the new size.
public enum TerminalResizes {
    private static let listeners = Mutex<(next: Int, streams: [Int: AsyncStream<Void>.Continuation])>((0, [:]))

    /// Yields once for each change from now on; only the newest is kept for a slow reader.
    public static func stream() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = listeners.withLock { state in
            state.next += 1
            state.streams[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { _ in listeners.withLock { _ = $0.streams.removeValue(forKey: number) } }
        return stream
    }

    /// Called by whoever receives SIGWINCH.
    public static func announce() {
        for continuation in listeners.withLock({ Array($0.streams.values) }) { continuation.yield() }
    }
}
