import ContainerRuntime
import Documents
import KubernetesAPI

/// Everything the kubelet knows about a Pod that is not in its spec. Moments are of the kubelet's clock unless they are
/// called timestamps.
struct PodRuntimeState: Sendable, Equatable {
    enum Sandbox: Sendable, Equatable {
        case absent
        /// It could not be made; tried again at `retryAt`.
        case failed(retryAt: Duration, failures: Int)
        case ready(id: String, address: String?)
        /// Its processes are gone and its network is released; logs can still be read.
        case stopped(id: String, address: String?)
    }

    var sandbox = Sandbox.absent
    var containers: [String: ContainerRecord] = [:]
    /// When the kubelet took the Pod on (`status.startTime`).
    var startTimestamp: Timestamp?
    var startedAt: Duration?
    /// Why the node ended the Pod, if it did.
    var failure: ContainerWaiting?

    var address: String? {
        switch sandbox {
        case .ready(_, let address), .stopped(_, let address): address
        case .absent, .failed: nil
        }
    }

    subscript(container: String) -> ContainerRecord {
        get { containers[container] ?? ContainerRecord() }
        set { containers[container] = newValue }
    }
}

/// What is known about one container of a Pod over all its runs.
struct ContainerRecord: Sendable, Equatable {
    enum ImageState: Sendable, Equatable {
        case unknown
        case resolving
        case present
        /// Tried again at `retryAt`; `failures` in a row, this one included.
        case failed(ImageFailure, failedAt: Duration, retryAt: Duration, failures: Int)
    }

    /// How often it has been started again.
    var restarts = 0
    /// The newest run, and the one before it.
    var current: ContainerRun?
    var previous: ContainerRun?
    var image = ImageState.unknown
    /// Why it is not running, where there is more to say than that it has not started yet.
    var waiting: ContainerWaiting?
    /// Another try to create it is due then, after a failure that is not an exit.
    var retryAt: Duration?
    /// Failed tries in a row, for `retryAt`.
    var failures = 0
    var restartDelay: RestartDelay?
    /// When SIGKILL will come at the latest, once it is being stopped.
    var killDeadline: Duration?
    var hasPassedStartup = false
    var isProbedReady = false

    var isRunning: Bool { current?.isRunning ?? false }
}

/// `state.waiting` of a container status.
struct ContainerWaiting: Sendable, Equatable {
    var reason: String
    var message: String

    init(_ reason: String, _ message: String = "") {
        self.reason = reason
        self.message = message
    }
}

struct ImageFailure: Sendable, Equatable {
    /// `ErrImagePull` or `ErrImageNeverPull`.
    var reason: String
    var message: String
}

/// One run of a container, from its start to its exit.
struct ContainerRun: Sendable, Equatable {
    enum End: Sendable, Equatable {
        case exited(ExitStatus)
        /// The program could not be executed.
        case notStarted(message: String)
    }

    var id: String
    /// As the spec named it when the run began.
    var image: String
    var imageID: String
    var startTimestamp: Timestamp
    var end: End?
    var endTimestamp: Timestamp?
    /// When the end was seen.
    var endedAt: Duration?
    /// The end of its log, where `terminationMessagePolicy: FallbackToLogsOnError` asks for it.
    var terminationMessage = ""

    var isRunning: Bool { end == nil }

    /// 0–255. A program that could not be executed counts as 128, as with containerd.
    var exitCode: Int32? {
        switch end {
        case nil: nil
        case .exited(let status): status.code
        case .notStarted: 128
        }
    }
}
