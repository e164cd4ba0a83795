import ContainerRuntime
import ControllerRuntime
import KubernetesAPI

/// One life of a node, from its kubelet's start to its stop: all tasks of it, in one tree.
struct NodeRun: Sendable {
    let context: PodWorkerContext
    let registry: PodRegistry
    let heartbeat: NodeHeartbeat
    let pods: Informer
    /// What containers are made from; nothing is started before these are in sync.
    let references: [Informer]
    let runtimeEvents: AsyncStream<ContainerEvent>

    /// Returns when the task is cancelled and everything has ended.
    func run() async {
        let (changes, change) = AsyncStream.makeStream(of: ObjectChange.self)
        let (workers, worker) = AsyncStream.makeStream(of: PodWorker.self)
        await withDiscardingTaskGroup { group in
            group.addTask { await context.events.run() }
            group.addTask { await heartbeat.run() }
            group.addTask { await listen() }
            group.addTask {
                for informer in references { await informer.waitForSync() }
                let leftovers = await Leftovers(of: context.node.name, runtime: context.runtime)
                pods.addHandler { change.yield($0) }
                await withDiscardingTaskGroup { inner in
                    inner.addTask { await pods.run() }
                    inner.addTask {
                        await pods.waitForSync()
                        guard !Task.isCancelled else { return }
                        let known = Set(pods.lister.list().map(\.uid))
                        await leftovers.remove(except: known, runtime: context.runtime)
                    }
                    inner.addTask {
                        for await next in changes { await apply(next, leftovers, starting: worker) }
                    }
                }
            }
            for await next in workers { group.addTask { await next.run() } }
        }
    }

    /// The runtime tells what happens to containers; nobody polls.
    private func listen() async {
        for await event in runtimeEvents where event.kind == .die || event.kind == .destroy {
            await registry.worker(ofSandbox: event.sandboxID)?.containersChanged()
        }
    }

    private func apply(
        _ change: ObjectChange, _ leftovers: Leftovers, starting workers: AsyncStream<PodWorker>.Continuation
    ) async {
        let pod = change.object
        if case .deleted = change {
            await registry.worker(pod.uid)?.podIsGone(pod)
            registry.forget(pod.uid)
        } else if let worker = registry.worker(pod.uid) {
            await worker.update(pod)
        } else if !registry.isDone(pod.uid) {
            let worker = PodWorker(pod, context: context)
            registry.add(worker, uid: pod.uid)
            if let (sandboxes, containers) = leftovers.of(pod.uid) {
                await worker.restore(sandboxes: sandboxes, containers: containers)
            }
            workers.yield(worker)
        }
    }
}

/// What an earlier life of a node left in the runtime.
struct Leftovers: Sendable {
    private let sandboxes: [String: [SandboxStatus]]
    private let containers: [String: [ContainerStatus]]

    init(of node: String, runtime: any ContainerRuntime) async {
        let own = await runtime.sandboxes().filter { $0.labels[RuntimeLabel.node] == node }
        sandboxes = Dictionary(grouping: own) { $0.labels[RuntimeLabel.podUID] ?? "" }
        guard !own.isEmpty else {
            containers = [:]
            return
        }
        let ids = Set(own.map(\.id))
        containers = Dictionary(grouping: await runtime.containers().filter { ids.contains($0.sandboxID) }) {
            $0.configuration.labels[RuntimeLabel.podUID] ?? ""
        }
    }

    func of(_ uid: String) -> ([SandboxStatus], [ContainerStatus])? {
        sandboxes[uid].map { ($0, containers[uid] ?? []) }
    }

    /// Removes what belongs to Pods that are no more.
    func remove(except known: Set<String>, runtime: any ContainerRuntime) async {
        for (uid, orphans) in sandboxes where !known.contains(uid) {
            for sandbox in orphans {
                try? await runtime.stopSandbox(sandbox.id)
                try? await runtime.removeSandbox(sandbox.id)
            }
        }
    }
}
