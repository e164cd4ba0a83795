import ContainerRuntime
import ControllerRuntime
import Documents
import KubernetesAPI

/// Keeps one Pod as it should be, from the moment it is bound to the node until nothing of it is left.
///
/// Level-based: something wakes it (the Pod changed, a container died, a probe decided, a moment has come), it looks at
/// everything, asks `PodSyncDecision` what to do, does it, and looks again until there is nothing to do.
actor PodWorker {
    let context: PodWorkerContext
    let uid: String
    private(set) var pod: PodSpecification
    var state = PodRuntimeState()
    /// The Pod has been deleted from the API without us.
    private var isGone = false
    /// Sandboxes of former lives, kept for their containers' logs.
    var oldSandboxes: [String] = []
    var images: [String: ImageSummary] = [:]
    /// Something may have happened to the containers.
    var mustRefresh = false
    var statusWriter = PodStatusWriter()
    var probes: [String: ContainerProbes] = [:]
    private var isFinished = false
    private var mustRetry = false
    private var alarm: ScheduledAction?
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    init(_ pod: KubernetesObject, context: PodWorkerContext) {
        self.pod = PodSpecification(pod)
        self.context = context
        uid = pod.uid
        // One pending wake stands for any number of reasons to look.
        (wakes, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        waker.yield()
    }

    // MARK: What wakes it

    nonisolated func wake() { waker.yield() }

    func update(_ object: KubernetesObject) {
        adopt(object)
        wake()
    }

    func podIsGone(_ last: KubernetesObject) {
        adopt(last)
        isGone = true
        wake()
    }

    func containersChanged() {
        mustRefresh = true
        wake()
    }

    /// Keeps the newer of two states of the Pod: our own writes answer sooner than the watch tells them.
    func adopt(_ object: KubernetesObject) {
        guard object.uid == uid else { return }
        let isNewer = (Int(object.resourceVersion) ?? 0) >= (Int(pod.object.resourceVersion) ?? 0)
        if isNewer { pod = PodSpecification(object) }
    }

    // MARK: The loop

    /// Works until the Pod is gone or the task is cancelled.
    func run() async {
        for await _ in wakes {
            await sync()
            if isFinished || Task.isCancelled { break }
        }
        alarm?.cancel()
        for name in Array(probes.keys) { stopProbes(name) }
    }

    private func sync() async {
        if state.startTimestamp == nil { begin() }
        await refresh()
        if isOverForGood { return }
        mustRetry = false
        var wakeAt: Duration?
        // Every action brings the Pod nearer to rest; the bound only keeps a fault of ours from spinning.
        for _ in 0..<64 {
            let decision = decide()
            wakeAt = decision.wakeAt
            guard !decision.actions.isEmpty else { break }
            for action in decision.actions {
                await perform(action)
                guard !isFinished, !Task.isCancelled else { return }
            }
            await refresh()
            if mustRetry { break }
        }
        if await !writeStatus() { mustRetry = true }
        guard !isFinished else { return }
        if mustRetry {
            let retry = context.clock.now + context.timing.retry.base
            wakeAt = min(wakeAt ?? retry, retry)
        }
        alarm?.cancel()
        alarm = wakeAt.map { context.clock.schedule(at: $0) { [weak self] in self?.wake() } }
    }

    private func begin() {
        state.startTimestamp = context.clock.timestamp
        state.startedAt = context.clock.now
        if let started = pod.object.document.at("status", "startTime")?.string.flatMap(Timestamp.init) {
            // Counted from the first start, also after the kubelet's own.
            state.startTimestamp = started
            state.startedAt = context.clock.now - max(.zero, context.clock.timestamp - started)
        }
    }

    /// Where the Pod's containers listen.
    var address: String? { pod.usesHostNetwork ? context.node.internalIP : state.address }

    private var isWanted: Bool { !isGone && !pod.object.isBeingDeleted }

    /// The API says that the Pod came to its end, and we know nothing of it: there is nothing to run again.
    private var isOverForGood: Bool {
        guard isWanted, state.sandbox == .absent else { return false }
        return PodView(pod.object).isTerminated
    }

    /// Decides, and takes over what the decision says about waiting.
    private func decide() -> PodSyncDecision {
        let decision = PodSyncDecision(
            pod: pod, state: state, isWanted: isWanted, now: context.clock.now, timing: context.timing)
        if let failure = decision.failure, state.failure == nil {
            state.failure = failure
            context.events.warning(pod.object, failure.reason, failure.message)
        }
        for container in pod.allContainers {
            let waiting = decision.waiting[container.name]
            if let waiting, waiting.reason != state[container.name].waiting?.reason { tell(waiting, of: container) }
            if state[container.name].waiting != waiting { state[container.name].waiting = waiting }
        }
        return decision
    }

    private func tell(_ waiting: ContainerWaiting, of container: ContainerSpecification) {
        switch waiting.reason {
        case "CrashLoopBackOff":
            warn(
                container, "BackOff", "Back-off restarting failed container \(container.name) in pod \(pod.description)"
            )
        case "ImagePullBackOff":
            note(container, "BackOff", "Back-off pulling image \"\(container.image)\"")
            warn(container, "Failed", "Error: ImagePullBackOff")
        default: break
        }
    }

    func note(_ container: ContainerSpecification, _ reason: String, _ message: String) {
        context.events.normal(pod.object, fieldPath: container.fieldPath, reason, message)
    }

    func warn(_ container: ContainerSpecification, _ reason: String, _ message: String) {
        context.events.warning(pod.object, fieldPath: container.fieldPath, reason, message)
    }

    private func perform(_ action: PodSyncDecision.Action) async {
        switch action {
        case .createSandbox: await createSandbox()
        case .resolveImage(let name): await resolveImage(for: name)
        case .start(let name): await start(name)
        case .kill(let name, let grace, let cause): kill(name, grace: grace, cause: cause)
        case .stopSandbox: await stopSandbox()
        case .finishDeletion: await finishDeletion()
        }
    }

    /// Writes the status if it says anything new.
    /// - Returns: false where it could not be written and should be tried again.
    func writeStatus() async -> Bool {
        guard !isGone else { return true }
        let patch = statusWriter.patch(
            pod: pod, state: state, hostIP: context.node.internalIP, now: context.clock.timestamp)
        guard let patch else { return true }
        let object = pod.object
        do throws(Status) {
            let written = try await context.client.patch(
                .pods, namespace: object.namespace, name: object.name, .merge(patch), subresource: .status,
                WriteOptions(fieldManager: "kubelet"))
            statusWriter.wrote(written)
            adopt(written)
            return true
        } catch {
            statusWriter.failed()
            // Not there, or another Pod of the same name: the watch will say so too, and the worker then ends.
            return error.reason == .notFound || error.reason == .conflict
        }
    }

    private func finishDeletion() async {
        for name in Array(probes.keys) { stopProbes(name) }
        await stopSandbox()
        if !isGone, await !writeStatus() { return retryLater() }
        do throws(RuntimeError) {
            for id in sandboxIDs { try await context.runtime.removeSandbox(id) }
        } catch {
            context.events.warning(pod.object, "FailedKillPod", "error killing pod: \(error.sentence)")
            return retryLater()
        }
        do throws(Status) {
            if !isGone {
                let options = DeleteOptions(gracePeriodSeconds: 0, preconditionUID: uid)
                let object = pod.object
                _ = try await context.client.delete(
                    .pods, namespace: object.namespace, name: object.name, options)
            }
        } catch {
            // Gone already, or another Pod of the same name is there: either way ours is done with.
            guard error.reason == .notFound || error.reason == .conflict else { return retryLater() }
        }
        isFinished = true
        await context.finished(uid, sandboxIDs)
    }

    func retryLater() { mustRetry = true }

    var sandboxIDs: [String] {
        switch state.sandbox {
        case .ready(let id, _), .stopped(let id, _): oldSandboxes + [id]
        case .absent, .failed: oldSandboxes
        }
    }
}
