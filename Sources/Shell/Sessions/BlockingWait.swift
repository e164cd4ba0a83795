import Glibc
import Synchronization

/// Waits on a dedicated thread for what only a task can do. Never for use on the cooperative pool.
func waitFor<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Value {
    let arrival = Arrival<Value>()
    let bell = Bell()
    Task.detached {
        arrival.set(await work())
        bell.ring()
    }
    while true {
        if let value = arrival.value { return value }
        var wait = pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&wait, 1, -1)
    }
}

/// A value that a task leaves for a thread.
final class Arrival<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)

    var value: Value? { state.withLock { $0 } }

    func set(_ value: Value) { state.withLock { $0 = value } }
}
