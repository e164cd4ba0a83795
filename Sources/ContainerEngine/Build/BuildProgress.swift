import ContainerRuntime
import LinuxKernel
import Synchronization

/// Numbers the steps of a build and tells what happens, in order, whoever tells it.
final class BuildProgress: Sendable {
    private struct State {
        var steps = 0
        var planned = 0
    }

    private let state = Mutex(State())
    private let start: Double
    private let now: @Sendable () -> Double
    private let report: @Sendable (BuildEvent) -> Void

    init(now: @escaping @Sendable () -> Double, report: @escaping @Sendable (BuildEvent) -> Void) {
        self.now = now
        self.report = report
        start = now()
    }

    /// There will be that many steps more.
    func plan(_ count: Int) {
        state.withLock { state in
            state.planned += count
            report(BuildEvent(step: 0, time: now() - start, kind: .planned(steps: state.planned)))
        }
    }

    /// - Returns: the number of the step.
    func begin(_ name: String) -> Int {
        state.withLock { state in
            state.steps += 1
            report(BuildEvent(step: state.steps, time: now() - start, kind: .began(name: name)))
            return state.steps
        }
    }

    func tell(_ step: Int, _ kind: BuildEvent.Kind) {
        state.withLock { _ in report(BuildEvent(step: step, time: now() - start, kind: kind)) }
    }

    func finish(_ step: Int, _ end: BuildEvent.End) { tell(step, .finished(end)) }
}
