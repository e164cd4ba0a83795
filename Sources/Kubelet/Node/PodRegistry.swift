import KubernetesAPI
import Synchronization

/// Which worker has which Pod and which sandbox.
final class PodRegistry: Sendable {
    private struct State {
        var workers: [String: PodWorker] = [:]
        var bySandbox: [String: PodWorker] = [:]
        /// Pods whose work is over but that the API still knows, for their finalizers.
        var done: Set<String> = []
    }

    private let state = Mutex(State())

    func worker(_ uid: String) -> PodWorker? { state.withLock { $0.workers[uid] } }
    func worker(ofSandbox id: String) -> PodWorker? { state.withLock { $0.bySandbox[id] } }
    func isDone(_ uid: String) -> Bool { state.withLock { $0.done.contains(uid) } }

    func add(_ worker: PodWorker, uid: String) { state.withLock { $0.workers[uid] = worker } }
    func own(_ sandbox: String, _ worker: PodWorker) { state.withLock { $0.bySandbox[sandbox] = worker } }

    func finished(_ uid: String, _ sandboxes: [String]) {
        state.withLock { state in
            state.workers[uid] = nil
            for sandbox in sandboxes { state.bySandbox[sandbox] = nil }
            state.done.insert(uid)
        }
    }

    /// The API knows the Pod no longer.
    func forget(_ uid: String) { state.withLock { _ = $0.done.remove(uid) } }

    /// Tells the workers of a namespace, which look whether it concerns them.
    func configMapChanged(_ key: ObjectKey) {
        let workers = state.withLock { Array($0.workers.values) }
        guard !workers.isEmpty else { return }
        Task { for worker in workers { await worker.configMapChanged(key) } }
    }
}
