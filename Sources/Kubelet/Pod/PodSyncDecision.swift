import ControllerRuntime

/// What a pod worker does next: a pure function of what is wanted, what is there and what time it is. The worker
/// performs the actions, looks again, and asks again, until there is nothing to do before `wakeAt`.
struct PodSyncDecision: Equatable {
    enum Action: Equatable {
        case createSandbox
        case resolveImage(container: String)
        case start(container: String)
        case kill(container: String, grace: Duration, cause: KillCause)
        /// Every container of a Pod that is over has ended: its network is released, its logs stay.
        case stopSandbox
        /// Everything of a deleted Pod has ended: tell the API, then remove what is left.
        case finishDeletion
    }

    enum KillCause: Equatable {
        case podStopped
        case deadlineExceeded
        case podOver
        case definitionChanged
    }

    var actions: [Action] = []
    /// What containers that do not run wait for; those not named wait for nothing in particular.
    var waiting: [String: ContainerWaiting] = [:]
    /// When time alone would change the decision.
    var wakeAt: Duration?
    /// Why the node ends the Pod, where it does.
    var failure: ContainerWaiting?

    /// - Parameter isWanted: false once the Pod is being deleted or has gone from the API.
    init(
        pod: PodSpecification, state: PodRuntimeState, isWanted: Bool, now: Duration, timing: KubeletTiming
    ) {
        var maker = Maker(pod: pod, state: state, now: now, timing: timing)
        if !isWanted {
            maker.tearDown()
        } else if state.failure != nil || maker.isPastDeadline {
            failure =
                state.failure
                ?? ContainerWaiting(
                    "DeadlineExceeded", "Pod was active on the node longer than the specified deadline")
            maker.stop(grace: pod.terminationGrace, cause: .deadlineExceeded)
        } else if PodOutcome(pod: pod, state: state).isOver {
            maker.stop(grace: pod.terminationGrace, cause: .podOver)
        } else {
            maker.run()
        }
        actions = maker.actions
        waiting = maker.waiting
        wakeAt = maker.wakeAt
    }
}

private struct Maker {
    let pod: PodSpecification
    let state: PodRuntimeState
    let now: Duration
    let timing: KubeletTiming
    var actions: [PodSyncDecision.Action] = []
    var waiting: [String: ContainerWaiting] = [:]
    var wakeAt: Duration?

    init(pod: PodSpecification, state: PodRuntimeState, now: Duration, timing: KubeletTiming) {
        self.pod = pod
        self.state = state
        self.now = now
        self.timing = timing
    }

    var isPastDeadline: Bool {
        guard let limit = pod.activeDeadline, let startedAt = state.startedAt else { return false }
        return now >= startedAt + limit
    }

    mutating func wake(at moment: Duration) {
        wakeAt = min(wakeAt ?? moment, moment)
    }

    // MARK: Ending

    mutating func tearDown() {
        kill(all: pod.deletionGrace, cause: .podStopped)
        if !isAnythingRunning { actions = [.finishDeletion] }
    }

    mutating func stop(grace: Duration, cause: PodSyncDecision.KillCause) {
        kill(all: grace, cause: cause)
        if !isAnythingRunning, case .ready = state.sandbox { actions = [.stopSandbox] }
    }

    private var isAnythingRunning: Bool { state.containers.values.contains(where: \.isRunning) }

    /// Sidecars outlive the main containers, which may need them to shut down (KEP-753).
    private mutating func kill(all grace: Duration, cause: PodSyncDecision.KillCause) {
        let running = pod.allContainers.filter { state[$0.name].isRunning }
        let first = running.filter { $0.role != .sidecar }
        for container in first.isEmpty ? running : first {
            // A shorter grace than the one that runs already is honoured; a longer one is not.
            if let deadline = state[container.name].killDeadline, deadline <= now + grace { continue }
            actions.append(.kill(container: container.name, grace: grace, cause: cause))
        }
    }

    // MARK: Running

    mutating func run() {
        if let limit = pod.activeDeadline, let startedAt = state.startedAt { wake(at: startedAt + limit) }
        switch state.sandbox {
        case .absent, .stopped: return actions.append(.createSandbox)
        case .failed(let retryAt, _):
            if now >= retryAt { actions.append(.createSandbox) } else { wake(at: retryAt) }
            return
        case .ready: break
        }
        for container in pod.initContainers {
            let record = state[container.name]
            if container.role == .sidecar {
                startIfDue(container)
                guard record.isRunning, record.hasPassedStartup else { return }
            } else if record.current?.exitCode != 0 {
                return startIfDue(container)
            }
        }
        for container in pod.containers { startIfDue(container) }
    }

    private func isRestarted(_ container: ContainerSpecification, exitCode: Int32) -> Bool {
        switch (container.role, pod.restartPolicy) {
        case (.sidecar, _), (.main, .always): true
        case (_, .never): false
        case (.initialization, _), (.main, .onFailure): exitCode != 0
        }
    }

    private mutating func startIfDue(_ container: ContainerSpecification) {
        let record = state[container.name]
        let isOutdated = record.current.map { $0.image != container.image } ?? false
        if record.isRunning {
            if isOutdated, record.killDeadline == nil {
                actions.append(
                    .kill(container: container.name, grace: pod.terminationGrace, cause: .definitionChanged))
            }
            return
        }
        if let retryAt = record.retryAt, now < retryAt {
            waiting[container.name] = record.waiting
            return wake(at: retryAt)
        }
        if let run = record.current, let exitCode = run.exitCode, !isOutdated {
            guard isRestarted(container, exitCode: exitCode) else { return }
            if let moment = RestartDelay.notBefore(
                record.restartDelay, end: run.endedAt ?? now, backoff: timing.restart), now < moment
            {
                let delay = record.restartDelay?.delay ?? timing.restart.base
                if case .notStarted(let message) = run.end, let end = run.endedAt {
                    let shownUntil = end + min(delay / 2, .seconds(1))
                    if now < shownUntil {
                        waiting[container.name] = ContainerWaiting("RunContainerError", message)
                        return wake(at: shownUntil)
                    }
                }
                waiting[container.name] = ContainerWaiting(
                    "CrashLoopBackOff",
                    "back-off \(delay.goText) restarting failed container=\(container.name) pod=\(pod.description)")
                return wake(at: moment)
            }
        }
        switch record.image {
        case .present: actions.append(.start(container: container.name))
        case .unknown: actions.append(.resolveImage(container: container.name))
        case .resolving: break
        case .failed(let failure, let failedAt, let retryAt, _):
            wait(for: container, failure, failedAt: failedAt, retryAt: retryAt)
        }
    }

    /// A failed try is shown as such for a moment, then as waiting for the next one.
    private mutating func wait(
        for container: ContainerSpecification, _ failure: ImageFailure, failedAt: Duration, retryAt: Duration
    ) {
        guard now < retryAt else { return actions.append(.resolveImage(container: container.name)) }
        let shownUntil = failedAt + min((retryAt - failedAt) / 2, .seconds(1))
        if failure.reason == "ErrImagePull", now >= shownUntil {
            waiting[container.name] = ContainerWaiting(
                "ImagePullBackOff", "Back-off pulling image \"\(container.image)\": ErrImagePull: \(failure.message)")
            wake(at: retryAt)
        } else {
            waiting[container.name] = ContainerWaiting(failure.reason, failure.message)
            wake(at: failure.reason == "ErrImagePull" ? shownUntil : retryAt)
        }
    }
}

/// Whether a Pod has come to its end by itself, and how (`PodPhase`).
struct PodOutcome: Equatable {
    enum Phase: String { case pending = "Pending", running = "Running", succeeded = "Succeeded", failed = "Failed" }

    let phase: Phase
    var isOver: Bool { phase == .succeeded || phase == .failed }

    /// The rules of the kubelet's `getPhase`.
    init(pod: PodSpecification, state: PodRuntimeState) {
        phase = Self.phase(pod: pod, state: state)
    }

    private static func phase(pod: PodSpecification, state: PodRuntimeState) -> Phase {
        for container in pod.initContainers {
            let record = state[container.name]
            if container.role == .sidecar {
                guard record.hasPassedStartup || record.restarts > 0 else { return .pending }
                continue
            }
            guard let code = record.current?.exitCode else { return .pending }
            if code != 0 { return pod.restartPolicy == .never ? .failed : .pending }
        }
        var running = 0
        var waiting = 0
        var succeeded = 0
        var failed = 0
        for container in pod.containers {
            let record = state[container.name]
            switch record.current?.exitCode {
            case nil where record.isRunning: running += 1
            case nil: waiting += 1
            case 0?: succeeded += 1
            case _?: failed += 1
            }
        }
        let stopped = succeeded + failed
        if waiting > 0 { return .pending }
        if running > 0 { return .running }
        guard stopped > 0 else { return .pending }
        switch pod.restartPolicy {
        case .always: return .running
        case .onFailure: return failed > 0 ? .running : .succeeded
        case .never: return failed > 0 ? .failed : .succeeded
        }
    }
}
