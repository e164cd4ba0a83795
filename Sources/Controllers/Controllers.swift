public import ControllerRuntime
import KubernetesAPI

/// All controllers of the cluster (kube-controller-manager): one task tree on one set of informers.
public struct Controllers: Sendable {
    private let controllers: [Controller]
    private let recorders: [EventRecorder]

    /// Registers what the controllers need with `informers`; nothing runs before `run`.
    /// - Parameters:
    ///   - informers: shared with whoever else reads the same cluster; its `run` is the caller's to start.
    ///   - failures: gets every failed reconcile.
    public init(informers: InformerFactory, timing: ControllerTiming = ControllerTiming(), failures: FailureLog? = nil)
    {
        let context = ControllerContext(
            client: informers.client, informers: informers, clock: informers.clock, timing: timing, failures: failures)
        controllers =
            [
                DeploymentReconciler.controller(context), ReplicaSetReconciler.controller(context),
                EndpointSliceReconciler.controller(context), NamespaceReconciler.controller(context),
                NodeLifecycleReconciler.controller(context), TaintEvictionReconciler.controller(context),
                PodGarbageReconciler.controller(context),
            ] + GarbageCollectorReconciler.controllers(context)
        recorders = context.recorders.all
    }

    /// Runs every controller until the task is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for controller in controllers {
                group.addTask { await controller.run() }
            }
            for recorder in recorders {
                group.addTask { await recorder.run() }
            }
        }
    }

    /// No controller has anything to do now, apart from what waits for a time.
    public var isIdle: Bool { controllers.allSatisfy(\.queue.isIdle) && recorders.allSatisfy(\.isIdle) }
}
