import ContainerRuntime
import Glibc
import LinuxKernel

/// Restart policies: what happens after a container's end.
extension ContainerEngine {
    /// Whether its policy starts a container again that has just ended so.
    func mayRestart(_ record: ContainerRecord, _ exit: ExitStatus) -> Bool {
        if record.wasStopped || record.status.startError != nil || record.status.startedAt == nil { return false }
        switch record.configuration.restartPolicy {
        case .never: return false
        case .always, .unlessStopped: return true
        case .onFailure(let maximum):
            return exit.code != 0 && (maximum.map { $0 == 0 || record.status.restartCount < $0 } ?? true)
        }
    }

    /// Starts it again after a while that doubles from 100 ms to a minute, and is short again once it has run for ten
    /// seconds (docs.docker.com/engine/containers/start-containers-automatically).
    func restartLater(_ record: ContainerRecord) {
        let ran = (record.status.finishedAt ?? 0) - (record.status.startedAt ?? 0)
        if ran >= 10 { record.restartDelay = .milliseconds(100) }
        let delay = record.restartDelay
        record.restartDelay = min(record.restartDelay * 2, .seconds(60))
        record.status.state = .restarting
        record.status.restartCount += 1
        let id = record.id
        record.restarting = Task { [weak self] in
            guard (try? await Task.sleep(for: delay)) != nil else { return }
            await self?.restart(id)
        }
    }

    private func restart(_ id: String) async {
        guard let record = containersByID[id], record.status.state == .restarting else { return }
        record.restarting = nil
        record.status.state = .exited
        // One that cannot be started any more stays as it is, with the reason.
        try? await start(record)
    }

    /// Somebody wants it stopped: it is not started again, and if it waits for that, it has ended now.
    func settle(_ record: ContainerRecord) {
        record.wasStopped = true
        record.restarting?.cancel()
        record.restarting = nil
        guard record.status.state == .restarting else { return }
        record.status.state = .exited
        record.output.log.finish()
    }

    func stopSignal(of record: ContainerRecord) -> Int32 {
        record.configuration.stopSignal ?? record.image.stopSignal.flatMap(SignalNumber.of) ?? SIGTERM
    }
}

/// Signals as images name them: `SIGQUIT`, `QUIT`, `3`.
enum SignalNumber {
    private static let names: [String: Int32] = [
        "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "ABRT": SIGABRT, "KILL": SIGKILL, "USR1": SIGUSR1,
        "USR2": SIGUSR2, "ALRM": SIGALRM, "TERM": SIGTERM, "CONT": SIGCONT, "STOP": SIGSTOP, "WINCH": SIGWINCH,
    ]

    static func of(_ text: String) -> Int32? {
        if let number = Int32(text) { return (1...64).contains(number) ? number : nil }
        let upper = text.uppercased()
        if upper.hasPrefix("SIGRTMIN+") || upper.hasPrefix("RTMIN+") {
            // The first two are the C library's own.
            return upper.split(separator: "+").last.flatMap { Int32($0) }.map { 34 + $0 }
        }
        return names[upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper]
    }
}
