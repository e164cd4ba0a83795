import ControllerRuntime
import KubernetesAPI
import Synchronization

/// Pods that found no place and wait for a change that may help. Nobody asks again before.
final class UnschedulablePods: Sendable {
    private struct Entry {
        var helpedBy: Set<ClusterChange>
        var attempts: Int
        var lastAttempt: Duration
        var isParked: Bool
    }

    private let queue: WorkQueue<ObjectKey>
    private let clock: any ControllerClock
    private let backoff: Backoff
    private let entries = Mutex<[ObjectKey: Entry]>([:])

    init(queue: WorkQueue<ObjectKey>, clock: any ControllerClock, backoff: Backoff) {
        self.queue = queue
        self.clock = clock
        self.backoff = backoff
    }

    /// - Parameter hasChanged: something that may help has happened since the decision was taken.
    func park(_ key: ObjectKey, helpedBy: Set<ClusterChange>, hasChanged: Bool) {
        let now = clock.now
        let wait: Duration? = entries.withLock { entries in
            let entry = Entry(
                helpedBy: helpedBy, attempts: (entries[key]?.attempts ?? 0) + 1, lastAttempt: now, isParked: !hasChanged
            )
            entries[key] = entry
            return hasChanged ? backoff.delay(failures: entry.attempts - 1) : nil
        }
        if let wait { queue.add(key, after: wait) }
    }

    /// The Pod is placed or gone.
    func forget(_ key: ObjectKey) {
        entries.withLock { $0[key] = nil }
    }

    /// Brings those back that the change may help, each after what remains of its back-off.
    func wake(by change: ClusterChange) {
        let now = clock.now
        let woken: [(ObjectKey, Duration)] = entries.withLock { entries in
            var woken: [(ObjectKey, Duration)] = []
            for (key, entry) in entries where entry.isParked && entry.helpedBy.contains(change) {
                entries[key]?.isParked = false
                woken.append((key, entry.lastAttempt + backoff.delay(failures: entry.attempts - 1) - now))
            }
            return woken.sorted { $0.0 < $1.0 }
        }
        for (key, wait) in woken { queue.add(key, after: wait) }
    }
}
