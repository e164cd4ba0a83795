import ContainerRuntime
import Synchronization

/// Passes events on to everybody who listens, and remembers the latest.
final class EventBroadcaster: Sendable {
    private struct State {
        var next = 0
        var listeners: [Int: AsyncStream<ContainerEvent>.Continuation] = [:]
        var observers: [Int: AsyncStream<EngineEvent>.Continuation] = [:]
        var history: [EngineEvent] = []
    }

    private let state = Mutex(State())
    /// How many are remembered, as docker does.
    private static let historyLimit = 256
    /// How many wait for a listener that is slow; it then misses the oldest.
    private static let backlog = 4096

    func listen() -> AsyncStream<ContainerEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: ContainerEvent.self)
        let number = state.withLock { state in
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    /// Events of every kind.
    /// - Parameter since: seconds since 1970; those since then that are remembered come first.
    func listenToAll(since: Double?) -> AsyncStream<EngineEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: EngineEvent.self, bufferingPolicy: .bufferingNewest(Self.backlog))
        let number = state.withLock { state in
            state.next += 1
            if let since { for event in state.history where event.time >= since { continuation.yield(event) } }
            state.observers[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.observers.removeValue(forKey: number) }
        }
        return stream
    }

    func send(_ event: ContainerEvent) {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield(event) }
        send(EngineEvent(event))
    }

    func send(_ event: EngineEvent) {
        let observers = state.withLock { state in
            state.history.append(event)
            if state.history.count > 2 * Self.historyLimit {
                state.history.removeFirst(state.history.count - Self.historyLimit)
            }
            return Array(state.observers.values)
        }
        for observer in observers { observer.yield(event) }
    }

    func finish() {
        let (listeners, observers) = state.withLock { (Array($0.listeners.values), Array($0.observers.values)) }
        for listener in listeners { listener.finish() }
        for observer in observers { observer.finish() }
    }
}
