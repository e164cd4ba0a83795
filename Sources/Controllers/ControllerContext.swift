import ControllerRuntime
import Documents
import KubernetesAPI

/// What every controller is given.
struct ControllerContext: Sendable {
    let client: any KubernetesClient
    let informers: InformerFactory
    let clock: any ControllerClock
    let timing: ControllerTiming
    let failures: FailureLog?

    /// The client of one controller: its writes carry its name as their cause.
    func client(of controller: String) -> any KubernetesClient {
        client.caused(by: controller)
    }

    func events(of controller: String) -> EventRecorder {
        EventRecorder(client: client(of: controller), component: controller, clock: clock)
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
