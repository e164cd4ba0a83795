/// A container as the kernel sees it, beside what it was asked to be.
public protocol ContainerInspection: Sendable {
    /// Looks at the container now: what is running is read from the kernel, of an exited one is told what is still known.
    /// - Parameter idOrName: as `containerStatus` takes it.
    /// - Throws: `.noSuchContainer`.
    func kernelView(_ idOrName: String) async throws(RuntimeError) -> KernelView
}

/// What the kernel knows of one container. Numbers are those of this machine, except where inner ones are meant.
public struct KernelView: Sendable {
    public var status: ContainerStatus
    /// Empty unless it runs.
    public var processes: [ContainerProcess] = []
    public var namespaces: [NamespaceView] = []
    public var mounts: [MountView] = []
    /// From the top down: what the container has written, then the layers of its image.
    public var layers: [LayerView] = []
    /// Nil unless it runs.
    public var credentials: CredentialsView?
    public var controlGroups: [ControlGroupView] = []
    public var network: NetworkView?
    /// The steps that built it, in order; empty where they are no longer known.
    public var birth: [BirthStep] = []

    public init(status: ContainerStatus) {
        self.status = status
    }
}

/// One of the namespaces(7) the container is in, and who else is.
public struct NamespaceView: Sendable, Hashable {
    public var kind: NamespaceKind
    /// Its inode, which names it: two processes share the namespace if it is the same.
    public var identity: UInt64
    /// Of the program that uses the engine: the machine's, as far as the learner is in it.
    public var hostIdentity: UInt64
    /// Names of other running containers, and the identity of theirs.
    public var others: [Other]

    public struct Other: Sendable, Hashable {
        public var id: String
        public var name: String
        public var identity: UInt64

        public init(id: String, name: String, identity: UInt64) {
            self.id = id
            self.name = name
            self.identity = identity
        }
    }

    public init(kind: NamespaceKind, identity: UInt64, hostIdentity: UInt64, others: [Other]) {
        self.kind = kind
        self.identity = identity
        self.hostIdentity = hostIdentity
        self.others = others
    }
}

/// A line of proc_pid_mountinfo(5).
public struct MountView: Sendable, Hashable {
    /// As the container sees it.
    public var target: String
    /// `overlay`, `proc`, …
    public var type: String
    public var source: String
    /// Of the mount and of its file system.
    public var options: [String]

    public var isReadOnly: Bool { options.contains("ro") }

    public init(target: String, type: String, source: String, options: [String]) {
        self.target = target
        self.type = type
        self.source = source
        self.options = options
    }
}

/// One layer of the container's file tree.
public struct LayerView: Sendable, Hashable {
    /// A directory of this machine.
    public var path: String
    /// The one that the container writes to.
    public var isUpper: Bool
    /// Of the files in it, in bytes; nil where it cannot be looked at.
    public var size: Int?
    /// Of files, links and directories.
    public var entries: Int?
    /// What is in the upper layer, up to some: paths as the container sees them. A deleted one ends in ` (deleted)`.
    public var changes: [String]

    public init(path: String, isUpper: Bool, size: Int?, entries: Int?, changes: [String] = []) {
        self.path = path
        self.isUpper = isUpper
        self.size = size
        self.entries = entries
        self.changes = changes
    }
}

/// Who the container's first process is, and what it may do: proc_pid_status(5).
public struct CredentialsView: Sendable, Hashable {
    /// The lines of proc_pid_uid_map(5): ids inside, ids outside, how many.
    public var userMap: [IdentityRange] = []
    public var groupMap: [IdentityRange] = []
    /// Names of capabilities(7), without `CAP_`.
    public var effective: [String] = []
    public var bounding: [String] = []
    public var ambient: [String] = []
    /// What root has outside and this container does not, whether by default or because it was asked for.
    public var missing: [String] = []
    public var noNewPrivileges = false
    public var systemCalls: SystemCallView?

    public init() {}

    public struct IdentityRange: Sendable, Hashable {
        public var inside: UInt32
        public var outside: UInt32
        public var count: UInt32

        public init(inside: UInt32, outside: UInt32, count: UInt32) {
            self.inside = inside
            self.outside = outside
            self.count = count
        }
    }
}

/// What seccomp(2) lets through, found by asking the very filter that the container has.
public struct SystemCallView: Sendable, Hashable {
    public enum Mode: Int, Sendable { case off = 0, strict, filter }

    public var mode: Mode
    /// How many filters the process has, its own and those it was born with.
    public var filters: Int
    /// Instructions of the container's filter.
    public var instructions: Int
    /// Names of system calls.
    public var allowed: [String]
    /// Allowed or not by their arguments.
    public var conditional: [String]
    public var refused: [String]

    public init(
        mode: Mode, filters: Int, instructions: Int = 0, allowed: [String] = [], conditional: [String] = [],
        refused: [String] = []
    ) {
        self.mode = mode
        self.filters = filters
        self.instructions = instructions
        self.allowed = allowed
        self.conditional = conditional
        self.refused = refused
    }
}

/// A group of cgroups(7) the container is in, with the live content of its files.
public struct ControlGroupView: Sendable, Hashable {
    public var path: String
    /// `memory`, `cpu`, `pids`, …
    public var controllers: [String]
    public var files: [File]

    public struct File: Sendable, Hashable {
        public var name: String
        /// Without the last newline.
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(path: String, controllers: [String], files: [File]) {
        self.path = path
        self.controllers = controllers
        self.files = files
    }
}

/// The way from the container to the world.
public struct NetworkView: Sendable, Hashable {
    public var interfaces: [Interface]
    /// The next hop of the default route.
    public var gateway: String?
    /// Its network namespace is the harbour's, or there is nothing but the loopback.
    public var isHarbours: Bool

    public struct Interface: Sendable, Hashable {
        public var name: String
        public var index: Int32
        /// With prefix lengths: `172.17.0.2/32`.
        public var addresses: [String]
        public var hardwareAddress: String
        /// The other end of the pair, in the harbour.
        public var peer: String?
        public var receivedBytes: UInt64
        public var sentBytes: UInt64

        public init(name: String, index: Int32) {
            self.name = name
            self.index = index
            addresses = []
            hardwareAddress = ""
            receivedBytes = 0
            sentBytes = 0
        }
    }

    public init(interfaces: [Interface], gateway: String?, isHarbours: Bool) {
        self.interfaces = interfaces
        self.gateway = gateway
        self.isHarbours = isHarbours
    }
}

/// A step of a container's birth.
public struct BirthStep: Sendable, Hashable {
    /// The system call, and what with: `mount overlay`.
    public var call: String
    /// When it was done, since the request arrived.
    public var at: Duration
    /// Since the step before it was done.
    public var duration: Duration

    public init(call: String, at: Duration, duration: Duration) {
        self.call = call
        self.at = at
        self.duration = duration
    }
}
