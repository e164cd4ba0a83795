import ContainerRuntime
import Glibc
import LinuxKernel
import Synchronization

/// Health checks: a command that is run in a container again and again.
extension ContainerEngine {
    /// What a container's health is found out with; nil if it is not.
    static func healthCheck(of record: ContainerRecord) -> HealthCheck? {
        guard let check = record.configuration.healthCheck ?? record.image.healthCheck, check.test != .none else {
            return nil
        }
        return check
    }

    func beginHealthChecks(_ record: ContainerRecord) {
        guard let check = Self.healthCheck(of: record) else { return }
        record.status.health = ContainerHealth()
        let id = record.id
        let began = ContinuousClock.now
        record.checking = Task { [weak self] in
            while !Task.isCancelled {
                let isStarting = ContinuousClock.now - began < .seconds(check.startPeriod)
                let isSettled = await self?.health(id)?.state != .starting
                let wait = isStarting && !isSettled ? min(check.startInterval, check.interval) : check.interval
                guard (try? await Task.sleep(for: .seconds(wait))) != nil else { return }
                guard let self, let probe = await self.probe(id, check), !Task.isCancelled else { continue }
                let counts = ContinuousClock.now - began >= .seconds(check.startPeriod)
                await self.judge(id, probe, check, failureCounts: counts)
            }
        }
    }

    private func health(_ id: String) -> ContainerHealth? { containersByID[id]?.status.health }

    /// Runs the command once.
    /// - Returns: nil where it cannot be run now: the container is paused, or has ended.
    private func probe(_ id: String, _ check: HealthCheck) async -> ContainerHealth.Probe? {
        guard let record = containersByID[id], record.status.state == .running else { return nil }
        let command: [String]
        switch check.test {
        case .none: return nil
        case .command(let words): command = words
        case .shell(let line): command = ["/bin/sh", "-c", line]
        }
        let startedAt = configuration.now()
        let kept = FirstOutput(limit: 4096)
        func result(_ code: Int32, _ output: String) -> ContainerHealth.Probe {
            ContainerHealth.Probe(startedAt: startedAt, endedAt: configuration.now(), exitCode: code, output: output)
        }
        do {
            let pipe = try Pipe()
            let source = pump.add(try OutputSource(pipe.readEnd, isError: false, sink: kept))
            defer { pump.finish(source) }
            let session = try await execCheck(
                record, ExecConfiguration(command: command),
                streams: StreamDescriptors(output: pipe.writeEnd.number, error: pipe.writeEnd.number))
            let timer = Task {
                try await Task.sleep(for: .seconds(check.timeout))
                await session.signal(SIGKILL)
                return true
            }
            let exit = try await session.wait()
            timer.cancel()
            if (try? await timer.value) == true {
                let seconds = "\(Int(check.timeout))s"
                return result(-1, "Health check exceeded timeout (\(seconds))")
            }
            pump.finish(source)
            return result(exit.code, kept.text)
        } catch let error as RuntimeError {
            guard containersByID[id]?.status.state == .running else { return nil }
            if case .commandNotFound(let name) = error {
                return result(127, "exec: \"\(name)\": executable file not found in $PATH")
            }
            return result(126, "\(error)")
        } catch {
            return result(126, "\(error)")
        }
    }

    private func judge(
        _ id: String, _ probe: ContainerHealth.Probe, _ check: HealthCheck, failureCounts: Bool
    ) {
        guard let record = containersByID[id], record.status.state == .running, var health = record.status.health
        else { return }
        let before = health.state
        health.log = (health.log + [probe]).suffix(5)
        if probe.exitCode == 0 {
            health.failingStreak = 0
            health.state = .healthy
        } else if failureCounts || health.state != .starting {
            health.failingStreak += 1
            if health.failingStreak >= max(1, check.retries) { health.state = .unhealthy }
        }
        record.status.health = health
        if health.state != before { announce(.health, record, detail: health.state.rawValue) }
    }
}

/// Keeps the beginning of what a program says, and reads the rest without keeping it.
private final class FirstOutput: OutputSink {
    private let kept = Mutex<[UInt8]>([])
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    func receive(_ bytes: [UInt8], isError: Bool, resume: @escaping @Sendable () -> Void) -> Bool {
        kept.withLock { $0.append(contentsOf: bytes.prefix(limit - $0.count)) }
        return true
    }

    var text: String { kept.withLock { String(decoding: $0, as: UTF8.self) } }
}
