import ContainerRuntime
import ControllerRuntime
import KubernetesAPI

/// What every pod worker of a kubelet is given.
struct PodWorkerContext: Sendable {
    let node: NodeIdentity
    let machine: MachineFacts
    let client: any KubernetesClient
    let runtime: any ContainerRuntime
    let timing: KubeletTiming
    let clock: any ControllerClock
    let events: EventRecorder
    let handlers: HandlerRunner
    let services: Lister
    let configMaps: Lister
    /// Events of the sandbox with this id shall wake this worker.
    let own: @Sendable (_ sandboxID: String, PodWorker) -> Void
    /// The worker has nothing left to do for its Pod.
    let finished: @Sendable (_ uid: String, _ sandboxIDs: [String]) async -> Void
}
