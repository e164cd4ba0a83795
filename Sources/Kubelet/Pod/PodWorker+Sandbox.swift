import ContainerRuntime
import ControllerRuntime
import KubernetesAPI

extension PodWorker {
    func createSandbox() async {
        if case .stopped(let id, _) = state.sandbox {
            oldSandboxes.append(id)
            context.events.normal(
                pod.object, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
            repeatInitContainers()
        }
        // That the Pod is being made is told while it is made.
        async let told = writeStatus()
        let configuration = SandboxConfiguration(pod: pod, node: context.node)
        do throws(RuntimeError) {
            let sandbox = try await context.runtime.runSandbox(configuration)
            state.sandbox = .ready(id: sandbox.id, address: sandbox.address)
            context.own(sandbox.id, self)
        } catch {
            var failures = 0
            if case .failed(_, let before) = state.sandbox { failures = before }
            let retryAt = context.clock.now + context.timing.retry.delay(failures: failures)
            state.sandbox = .failed(retryAt: retryAt, failures: failures + 1)
            context.events.warning(
                pod.object, "FailedCreatePodSandBox", "Failed to create pod sandbox: \(error.sentence)")
        }
        if await !told { retryLater() }
    }

    /// What init containers prepared went with the sandbox, so they run again in the next one.
    private func repeatInitContainers() {
        for container in pod.initContainers where state[container.name].current?.end != nil {
            var record = state[container.name]
            record.previous = record.current
            record.current = nil
            record.restarts += 1
            record.hasPassedStartup = false
            state[container.name] = record
        }
    }

    /// Releases the sandbox's processes and network; its containers' logs stay until it is removed.
    func stopSandbox() async {
        guard case .ready(let id, let address) = state.sandbox else { return }
        do throws(RuntimeError) {
            try await context.runtime.stopSandbox(id)
        } catch {
            context.events.warning(pod.object, "FailedKillPod", "error killing pod: \(error.sentence)")
            return retryLater()
        }
        state.sandbox = .stopped(id: id, address: address)
        mustRefresh = true
    }

    /// Takes over what a former life of the kubelet, or of the node, left of this Pod.
    func restore(sandboxes: [SandboxStatus], containers: [ContainerStatus]) {
        let sandboxes = sandboxes.sorted { $0.createdAt < $1.createdAt }
        guard let newest = sandboxes.last else { return }
        oldSandboxes = sandboxes.dropLast().map(\.id)
        state.sandbox =
            newest.isReady
            ? .ready(id: newest.id, address: newest.address) : .stopped(id: newest.id, address: newest.address)
        for sandbox in sandboxes { context.own(sandbox.id, self) }
        for status in containers.sorted(by: { $0.createdAt < $1.createdAt }) {
            guard let name = status.configuration.labels[RuntimeLabel.containerName],
                let container = pod.container(name)
            else { continue }
            var record = state[name]
            record.previous = record.current
            record.current = ContainerRun(status, now: context.clock.now)
            record.restarts = status.configuration.labels[RuntimeLabel.restartCount].flatMap { Int($0) } ?? 0
            record.hasPassedStartup = container.probe(.startup) == nil
            record.isProbedReady = container.probe(.readiness) == nil
            state[name] = record
        }
        for container in pod.allContainers where state[container.name].isRunning { startProbes(container) }
        mustRefresh = true
    }
}

extension ContainerRun {
    /// A run that was found in the runtime.
    init(_ status: ContainerStatus, now: Duration) {
        let started = Timestamp(sinceEpoch: .seconds(status.startedAt ?? status.createdAt))
        self.init(
            id: status.id, image: status.configuration.image, imageID: status.imageID, startTimestamp: started)
        guard status.state != .running else { return }
        if let error = status.startError {
            end = .notStarted(message: error.sentence)
        } else {
            end = .exited(status.exit ?? ExitStatus(code: 137, signal: 9))
        }
        endTimestamp = status.finishedAt.map { Timestamp(sinceEpoch: .seconds($0)) } ?? started
        endedAt = now
    }
}
