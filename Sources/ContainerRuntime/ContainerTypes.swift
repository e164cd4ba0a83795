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
    public var labels: [String: String]
    /// The sandbox it joins, or nil: then `sandbox` is made for it alone.
    public var sandboxID: String?
    /// The sandbox to make where `sandboxID` is nil.
    public var sandbox: SandboxConfiguration?
    public var mounts: [Mount]
    public var resources: Resources
    public var terminal: Bool
    /// Standard input stays open and can be attached; otherwise it reads end-of-file.
    public var openInput: Bool
    public var stopSignal: Int32?
    /// Capabilities on top of, and taken from, the default set: `NET_ADMIN`, `ALL`.
    public var addedCapabilities: [String]
    public var droppedCapabilities: [String]
    public var readOnlyRoot: Bool
    /// Namespaces that are *not* made anew, so that their effect can be seen (`--pid host`, `--uts host`, …).
    public var sharedWithHost: Set<NamespaceKind>
    /// Removes itself after it has exited (`--rm`).
    public var removeOnExit: Bool
    /// Ports published on this machine.
    public var publishedPorts: [PublishedPort]

    public init(image: String, name: String? = nil, command: [String]? = nil) {
        self.name = name
        self.image = image
        self.entrypoint = nil
        self.command = command
        environment = []
        workingDirectory = nil
        user = nil
        labels = [:]
        sandboxID = nil
        sandbox = nil
        mounts = []
        resources = Resources()
        terminal = false
        openInput = false
        stopSignal = nil
        addedCapabilities = []
        droppedCapabilities = []
        readOnlyRoot = false
        sharedWithHost = []
        removeOnExit = false
        publishedPorts = []
    }
}

/// The kinds of namespaces(7) a container has of its own.
public enum NamespaceKind: String, Sendable, Hashable, CaseIterable {
    case pid, mount = "mnt", network = "net", uts, ipc, user, cgroup
}

/// Something that appears in the container's file tree.
public struct Mount: Sendable, Hashable {
    public enum Source: Sendable, Hashable {
        /// A directory or file of the host, with its own owners: root in a container may do with it what an unprivileged
        /// user of the host may, who is that root outside. One that is made because it is not there is the container's.
        case bind(path: String)
        /// A directory of the program that uses the engine, for a container it trusts with it: what is the program's
        /// user's on the host is root's in the container.
        case entrusted(path: String)
        /// A named volume of the engine's store; made on first use.
        case volume(name: String)
        /// A directory, writable for everybody, that the containers of one sandbox share (`emptyDir`): made empty on
        /// first use, gone with the sandbox.
        case sandbox(name: String)
        /// A fresh memory file system of at most `size` bytes.
        case tmpfs(size: Int?)
        /// Files with the given contents (ConfigMap, /etc/hosts), on a memory file system.
        case files([String: [UInt8]])
        /// A copy-on-write view of a host directory: writes stay in the container, where what is root's on the host is
        /// root's.
        case copyOnWrite(path: String)
    }
    public var source: Source
    /// Absolute path inside the container.
    public var target: String
    public var readOnly: Bool

    public init(source: Source, target: String, readOnly: Bool = false) {
        self.source = source
        self.target = target
        self.readOnly = readOnly
    }
}

/// Limits, as cgroups(7) enforce them. Nil means no limit.
public struct Resources: Sendable, Hashable {
    /// Bytes.
    public var memory: Int?
    /// Processor seconds a second, e.g. 0.5.
    public var cpus: Double?
    /// Relative weight as of cgroup v1 `cpu.shares` (1024 is the norm).
    public var cpuShares: Int?
    /// Number of processes.
    public var pids: Int?

    public init(memory: Int? = nil, cpus: Double? = nil, cpuShares: Int? = nil, pids: Int? = nil) {
        self.memory = memory
        self.cpus = cpus
        self.cpuShares = cpuShares
        self.pids = pids
    }
}

public struct PublishedPort: Sendable, Hashable {
    /// Address to listen on, `0.0.0.0` by default.
    public var hostAddress: String
    /// 0 picks a free port.
    public var hostPort: UInt16
    public var containerPort: UInt16
    public var transport: VirtualService.TransportProtocol

    public init(
        hostAddress: String = "0.0.0.0", hostPort: UInt16, containerPort: UInt16,
        transport: VirtualService.TransportProtocol = .tcp
    ) {
        self.hostAddress = hostAddress
        self.hostPort = hostPort
        self.containerPort = containerPort
        self.transport = transport
    }
}

public enum ContainerState: String, Sendable, Hashable {
    case created, running, exited, removing
}

/// How a process ended.
public struct ExitStatus: Sendable, Hashable {
    /// 0–255; 128 + n for a process killed by signal n, as a shell reports it.
    public var code: Int32
    /// The signal that killed it, if one did.
    public var signal: Int32?
    /// The kernel killed it for memory.
    public var outOfMemory: Bool

    public init(code: Int32, signal: Int32? = nil, outOfMemory: Bool = false) {
        self.code = code
        self.signal = signal
        self.outOfMemory = outOfMemory
    }
}

public struct ContainerStatus: Sendable {
    public var id: String
    public var name: String
    public var imageReference: String
    /// `sha256:…`
    public var imageID: String
    public var sandboxID: String
    /// The whole command line: entrypoint and command.
    public var command: [String]
    public var state: ContainerState
    /// As this machine counts processes; nil unless running.
    public var pid: Int32?
    public var exit: ExitStatus?
    /// Why it could not be started, if so.
    public var startError: RuntimeError?
    /// Seconds since 1970, with fraction.
    public var createdAt: Double
    public var startedAt: Double?
    public var finishedAt: Double?
    public var address: String?
    /// With the host ports that were really given.
    public var publishedPorts: [PublishedPort]
    /// The limits that were asked for, and whether the kernel holds them or kijabi watches them.
    public var resources: Resources
    public var limitsAreEmulated: Bool
    public var configuration: ContainerConfiguration
    /// The host directories of the overlay: lower ones from the top down, and the upper one.
    public var lowerDirectories: [String]
    public var upperDirectory: String?

    public init(
        id: String, name: String, imageReference: String, imageID: String, sandboxID: String, command: [String],
        state: ContainerState, createdAt: Double, configuration: ContainerConfiguration
    ) {
        self.id = id
        self.name = name
        self.imageReference = imageReference
        self.imageID = imageID
        self.sandboxID = sandboxID
        self.command = command
        self.state = state
        self.createdAt = createdAt
        self.configuration = configuration
        publishedPorts = []
        resources = configuration.resources
        limitsAreEmulated = false
        lowerDirectories = []
    }
}

public struct ImageSummary: Sendable, Hashable {
    /// `sha256:` and 64 digits.
    public var id: String
    /// `busybox:latest`, …
    public var references: [String]
    /// Bytes on disk.
    public var size: Int
    /// Seconds since 1970.
    public var createdAt: Double
    public var entrypoint: [String]
    public var command: [String]
    public var environment: [String]
    public var workingDirectory: String
    public var user: String
    /// How it came here: `assembled from busybox-static 1.35.0`.
    public var origin: String

    public init(
        id: String, references: [String], size: Int, createdAt: Double, entrypoint: [String], command: [String],
        environment: [String], workingDirectory: String, user: String, origin: String
    ) {
        self.id = id
        self.references = references
        self.size = size
        self.createdAt = createdAt
        self.entrypoint = entrypoint
        self.command = command
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.user = user
        self.origin = origin
    }
}

public struct ContainerProcess: Sendable, Hashable {
    /// As the host counts, and the number inside the container.
    public var pid: Int32
    public var innerPid: Int32
    public var parentPid: Int32
    /// As the host sees it, and inside.
    public var uid: UInt32
    public var innerUid: UInt32
    /// Seconds since 1970.
    public var startedAt: Double
    /// Processor seconds used.
    public var cpuSeconds: Double
    public var command: String

    public init(
        pid: Int32, innerPid: Int32, parentPid: Int32, uid: UInt32, innerUid: UInt32, startedAt: Double,
        cpuSeconds: Double, command: String
    ) {
        self.pid = pid
        self.innerPid = innerPid
        self.parentPid = parentPid
        self.uid = uid
        self.innerUid = innerUid
        self.startedAt = startedAt
        self.cpuSeconds = cpuSeconds
        self.command = command
    }
}

public struct ContainerEvent: Sendable {
    public enum Kind: String, Sendable {
        case create, start, die, destroy, oom
        /// A further process was started in it; `command` says which.
        case exec
    }
    public var kind: Kind
    public var containerID: String
    public var sandboxID: String
    /// Of `die`.
    public var exit: ExitStatus?
    /// Of `exec`.
    public var command: [String]?
    /// The container as it was at that moment: it may be gone by the time anybody asks.
    public var status: ContainerStatus?
    /// Seconds since 1970, with fraction.
    public var time: Double

    public init(
        kind: Kind, containerID: String, sandboxID: String, exit: ExitStatus? = nil, command: [String]? = nil,
        status: ContainerStatus? = nil, time: Double
    ) {
        self.kind = kind
        self.containerID = containerID
        self.sandboxID = sandboxID
        self.exit = exit
        self.command = command
        self.status = status
        self.time = time
    }
}
