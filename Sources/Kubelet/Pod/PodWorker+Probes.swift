import ControllerRuntime
import KubernetesAPI

/// The probes that run for one run of a container.
struct ContainerProbes {
    let id: String
    var tasks: [Task<Void, Never>]
}

extension PodWorker {
    /// Starts the startup probe of a container that runs, or the others once that has passed.
    func startProbes(_ container: ContainerSpecification) {
        let record = state[container.name]
        guard let run = record.current, run.isRunning else { return }
        stopProbes(container.name)
        let kinds: [ProbeKind] = record.hasPassedStartup ? [.liveness, .readiness] : [.startup]
        let startedAt = context.clock.now
        let tasks = kinds.compactMap { kind -> Task<Void, Never>? in
            guard let probe = container.probe(kind) else { return nil }
            return Task { await self.run(probe, kind, of: container, id: run.id, startedAt: startedAt) }
        }
        guard !tasks.isEmpty else { return }
        probes[container.name] = ContainerProbes(id: run.id, tasks: tasks)
    }

    func stopProbes(_ name: String) {
        for task in probes.removeValue(forKey: name)?.tasks ?? [] { task.cancel() }
    }

    private nonisolated func run(
        _ probe: ProbeSpecification, _ kind: ProbeKind, of container: ContainerSpecification, id: String,
        startedAt: Duration
    ) async {
        let clock = context.clock
        var progress = ProbeProgress(probe)
        var warmUp = Duration.milliseconds(5)
        var hasSucceeded = false
        do {
            try await clock.sleep(for: probe.initialDelay)
            while true {
                let address = await address
                let outcome = await context.handlers.run(
                    probe.handler, container: container, id: id, address: address, timeout: probe.timeout)
                try Task.checkCancellation()
                if case .failure = outcome, !hasSucceeded, clock.now - startedAt < context.timing.probeWarmUp {
                    try await clock.sleep(for: warmUp)
                    warmUp = min(warmUp * 2, .milliseconds(200))
                    continue
                }
                if outcome == .success { hasSucceeded = true }
                if let holds = progress.record(outcome), await !decided(kind, probe, container, id, holds, outcome) {
                    return
                }
                await tell(outcome, kind, container)
                try await clock.sleep(for: probe.period)
            }
        } catch {
            return
        }
    }

    private func tell(_ outcome: ProbeProgress.Outcome, _ kind: ProbeKind, _ container: ContainerSpecification) {
        guard case .failure(let message) = outcome else { return }
        warn(container, "Unhealthy", "\(kind.rawValue) probe failed: \(message)")
    }

    /// Acts on what a probe says now.
    /// - Returns: whether the probe shall go on.
    private func decided(
        _ kind: ProbeKind, _ probe: ProbeSpecification, _ container: ContainerSpecification, _ id: String,
        _ holds: Bool, _ outcome: ProbeProgress.Outcome
    ) -> Bool {
        let record = state[container.name]
        guard let run = record.current, run.id == id, run.isRunning else { return false }
        switch kind {
        case .readiness:
            guard record.isProbedReady != holds else { return true }
            state[container.name].isProbedReady = holds
            wake()
            return true
        case .startup where holds:
            state[container.name].hasPassedStartup = true
            startProbes(container)
            wake()
            return false
        case .liveness where holds: return true
        case .startup, .liveness:
            tell(outcome, kind, container)
            killFailing(
                container, id: id, grace: probe.terminationGrace,
                message: "Container \(container.name) failed \(kind.rawValue.lowercased()) probe")
            return false
        }
    }
}
