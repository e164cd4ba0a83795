import ContainerRuntime
import Synchronization

/// Passes events on to everybody who listens.
final class EventBroadcaster: Sendable {
    private let listeners = Mutex<(next: Int, all: [Int: AsyncStream<ContainerEvent>.Continuation])>((0, [:]))

    func listen() -> AsyncStream<ContainerEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: ContainerEvent.self)
        let number = listeners.withLock { listeners in
            listeners.next += 1
            listeners.all[listeners.next] = continuation
            return listeners.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.listeners.withLock { _ = $0.all.removeValue(forKey: number) }
        }
        return stream
    }

    func send(_ event: ContainerEvent) {
        for listener in listeners.withLock({ Array($0.all.values) }) { listener.yield(event) }
    }

    func finish() {
        for listener in listeners.withLock({ Array($0.all.values) }) { listener.finish() }
    }
}
