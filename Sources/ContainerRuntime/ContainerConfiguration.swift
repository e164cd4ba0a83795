/// What one container is made of.
public struct ContainerConfiguration: Sendable {
    /// A name that is unique among containers, or nil for an invented one (`brave_otter`).
    public var name: String?
    /// The image reference.
    public var image: String
    /// Replaces the image's entrypoint; nil keeps it, empty clears it.
    public var entrypoint: [String]?
    /// Replaces the image's command (its arguments); nil keeps it (and an `entrypoint` given clears it).
    public var command: [String]?
    /// `NAME=value` entries over the image's.
    public var environment: [String]
    public var workingDirectory: String?
    /// `user`, `uid`, `uid:gid`; nil keeps the image's.
    public var user: String?
    /// Groups beside those that /etc/group gives the user: names or numbers (`--group-add`).
    public var additionalGroups: [String]
    public var labels: [String: String]
    /// For the runtime (`--annotation`); kept and shown.
    public var annotations: [String: String] = [:]
    /// The sandbox it joins, or nil: then `sandbox` is made for it alone.
    public var sandboxID: String?
    /// The sandbox to make where `sandboxID` is nil.
    public var sandbox: SandboxConfiguration?
    public var mounts: [Mount]
    /// Containers whose volumes and bind mounts it has too, in their places: `NAME` or `NAME:ro` (`--volumes-from`).
    public var volumesFrom: [String]
    /// The id of a container that is gone and whose place this one takes, for those that mount files of it.
    public var successorOf: String? = nil
    /// Where its changes are kept instead of in memory: a directory of the engine's own store, as the harbour sees it.
    public var layerDirectory: String? = nil
    /// Bytes that its changes to files may take, in memory; nil is what all containers together may have, half of the
    /// machine's memory (`--storage-opt size=`).
    public var layerSize: Int? = nil
    public var resources: Resources
    /// Limits of each process, setrlimit(2).
    public var processLimits: [ProcessLimit]
    public var terminal: Bool
    /// Standard input stays open and can be attached; otherwise it reads end-of-file.
    public var openInput: Bool
    /// nil: the image's, or SIGTERM.
    public var stopSignal: Int32?
    /// Seconds between the stop signal and SIGKILL where the caller of stop names none; nil is 10, -1 waits for ever.
    public var stopTimeout: Int?
    /// Capabilities on top of, and taken from, the default set: `NET_ADMIN`, `ALL`.
    public var addedCapabilities: [String]
    public var droppedCapabilities: [String]
    /// All the capabilities that the harbour's root has in a namespace of its own, and no hidden paths. Never more of the
    /// machine than the harbour has (`--privileged`).
    public var isPrivileged: Bool
    public var security: SecurityConfiguration
    /// Devices of the machine, bound into /dev (`--device`).
    public var devices: [DeviceMapping]
    /// Kernel parameters of its namespaces, sysctl(8): `net.core.somaxconn` is `1024`.
    public var kernelParameters: [String: String]
    public var readOnlyRoot: Bool
    /// Bytes of /dev/shm; nil is 64 MiB.
    public var sharedMemorySize: Int?
    /// Added to the kernel's badness of its processes, -1000 to 1000, proc_pid_oom_score_adj(5).
    public var oomScoreAdjustment: Int?
    /// Namespaces that are *not* made anew, so that their effect can be seen (`--pid host`, `--uts host`, …).
    public var sharedWithHost: Set<NamespaceKind>
    /// Namespaces that are those of another container, by its name or id (`--pid container:NAME`). `.pid`, `.ipc` and
    /// `.uts` can be; for the network see `SandboxConfiguration.Network`.
    public var sharedWithContainer: [NamespaceKind: String]
    /// A tiny first process reaps orphans and passes signals on to the program, which is then process 2 (`--init`).
    public var usesInit: Bool
    /// What happens when it has ended.
    public var restartPolicy: RestartPolicy
    /// How its health is found out; nil is the image's HEALTHCHECK, if it has one.
    public var healthCheck: HealthCheck?
    /// Removes itself after it has exited (`--rm`).
    public var removeOnExit: Bool
    /// Ports published on this machine.
    public var publishedPorts: [PublishedPort]
    /// Ports that it says it listens on, beside the image's: `80/tcp` (`--expose`).
    public var exposedPorts: [String]
    /// Publishes every exposed port on a free one of this machine (`-P`).
    public var publishesAllPorts: Bool
    /// When the image is looked for in a registry.
    public var pullPolicy: PullPolicy
    /// `linux/amd64`, or nil for this machine's.
    public var platform: String?
    /// How much of its output is kept.
    public var log: LogConfiguration

    public init(image: String, name: String? = nil, command: [String]? = nil) {
        self.name = name
        self.image = image
        self.entrypoint = nil
        self.command = command
        environment = []
        workingDirectory = nil
        user = nil
        additionalGroups = []
        labels = [:]
        sandboxID = nil
        sandbox = nil
        mounts = []
        volumesFrom = []
        resources = Resources()
        processLimits = []
        terminal = false
        openInput = false
        stopSignal = nil
        stopTimeout = nil
        addedCapabilities = []
        droppedCapabilities = []
        isPrivileged = false
        security = SecurityConfiguration()
        devices = []
        kernelParameters = [:]
        readOnlyRoot = false
        sharedMemorySize = nil
        oomScoreAdjustment = nil
        sharedWithHost = []
        sharedWithContainer = [:]
        usesInit = false
        restartPolicy = .never
        healthCheck = nil
        removeOnExit = false
        publishedPorts = []
        exposedPorts = []
        publishesAllPorts = false
        pullPolicy = .missing
        platform = nil
        log = LogConfiguration()
    }
}

/// When an image is asked of a registry before a container is made of it (`--pull`).
public enum PullPolicy: String, Sendable, Hashable, CaseIterable {
    case always, missing, never
}

/// How much of a container's output is kept (docker's `json-file` options `max-size` and `max-file`).
public struct LogConfiguration: Sendable, Hashable {
    /// Keeps nothing (`--log-driver none`).
    public var isDiscarded: Bool
    /// Bytes of one file before the next is begun; nil is the engine's choice.
    public var maximumSize: Int?
    /// Files that are kept; nil is 2.
    public var maximumFiles: Int?

    public init(isDiscarded: Bool = false, maximumSize: Int? = nil, maximumFiles: Int? = nil) {
        self.isDiscarded = isDiscarded
        self.maximumSize = maximumSize
        self.maximumFiles = maximumFiles
    }
}
