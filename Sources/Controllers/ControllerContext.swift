import ControllerRuntime
import Documents
import KubernetesAPI
import Synchronization

/// What every controller is given.
struct ControllerContext: Sendable {
    let client: any KubernetesClient
    let informers: InformerFactory
    let clock: any ControllerClock
    let timing: ControllerTiming
    let failures: FailureLog?
    let recorders = RecorderSet()

    /// The client of one controller: its writes carry its name as their cause.
    func client(of controller: String) -> any KubernetesClient {
        client.caused(by: controller)
    }

    func events(of controller: String) -> EventRecorder {
        let recorder = EventRecorder(client: client(of: controller), clock: clock, component: controller)
        recorders.add(recorder)
        return recorder
    }

    func makeQueue() -> WorkQueue<ObjectKey> { WorkQueue(clock: clock) }

    func makeController(
        _ name: String, queue: WorkQueue<ObjectKey>, informers: [Informer], workers: Int? = nil,
        reconciler: any Reconciler
    ) -> Controller {
        Controller(
            name, queue: queue, informers: informers, workers: workers ?? timing.workers, failures: failures,
            reconciler: reconciler)
    }
}

/// The recorders of all controllers, to be run with them.
final class RecorderSet: Sendable {
    private let list = Mutex<[EventRecorder]>([])

    var all: [EventRecorder] { list.withLock { $0 } }

    func add(_ recorder: EventRecorder) {
        list.withLock { $0.append(recorder) }
    }
}
