import ContainerRuntime
import LinuxKernel

/// What the engine knows of one container. Only the engine touches it.
final class ContainerRecord {
    var status: ContainerStatus
    let image: ImageSummary
    /// Of the image, as the harbour sees them.
    let lowerPaths: [String]
    let output: ContainerOutput
    var process: RunningProcess?
    /// By which the zygote knows how its first process was made, also when that has ended.
    var birthNumber: Int32?
    /// Being started: an end that comes meanwhile waits here.
    var isStarting = false
    var earlyEnd: ProcessEnd?
    /// Somebody stopped or killed it: its restart policy must not start it again.
    var wasStopped = false
    /// Waits to start it again, and the wait before the next time.
    var restarting: Task<Void, Never>?
    var restartDelay = Duration.milliseconds(100)
    /// Runs its health checks.
    var checking: Task<Void, Never>?
    /// Its end as a container, for those who wait for its removal.
    let removal = ExitPromise()
    var exit = ExitPromise()
    /// Of the run that follows the one that has ended.
    var nextExit = ExitPromise()
    /// What the pump reads.
    var sources: [UInt64] = []
    /// Where input goes while it runs, and the attached inputs that wait for that.
    var input: FileDescriptor?
    var inputs: [InputCopier] = []
    var terminalSize: TerminalSize?
    var limits: (any ResourceLimits)?
    /// Whom its processes are, where there is one id for all containers.
    var identity = ContainerIdentity()

    init(status: ContainerStatus, image: ImageSummary, lowerPaths: [String], log: ContainerLog) {
        self.status = status
        self.image = image
        self.lowerPaths = lowerPaths
        output = ContainerOutput(log: log)
    }

    var id: String { status.id }
    var configuration: ContainerConfiguration { status.configuration }

    /// The ports that are to be published: those that were named and, with `-P`, the exposed ones that were not.
    var wantedPorts: [PublishedPort] {
        var ports = configuration.publishedPorts
        guard configuration.publishesAllPorts else { return ports }
        for exposed in (image.exposedPorts + configuration.exposedPorts).flatMap(ExposedPorts.parse)
        where !ports.contains(where: { $0.containerPort == exposed.port && $0.transport == exposed.transport }) {
            ports.append(
                PublishedPort(hostPort: 0, containerPort: exposed.port, transport: exposed.transport))
        }
        return ports
    }
}

/// What the engine knows of one sandbox. Only the engine touches it.
final class SandboxRecord {
    let configuration: SandboxConfiguration
    /// Made for one container, with which it comes and goes.
    let isPrivate: Bool
    let number: Int32
    var status: SandboxStatus
    /// Its network namespace, as long as it is ready.
    var network: FileDescriptor?
    /// What it had is being given back: it is made anew only after that.
    var release: Task<Void, Never>?
    /// The container that a private one was made for.
    var owner: String?
    /// The networks it is in, in the order of its interfaces.
    var places: [NetworkPlace] = []

    init(configuration: SandboxConfiguration, isPrivate: Bool, number: Int32, status: SandboxStatus) {
        self.configuration = configuration
        self.isPrivate = isPrivate
        self.number = number
        self.status = status
    }
}
