public import Terminal

/// All that was seen of a machine: facts that were read and outcomes of what was tried. A `Diagnosis` follows from it
/// alone.
public struct Situation: Sendable, Hashable {
    /// What kind of container this process itself is in, if any.
    public enum Enclosure: String, Sendable, Hashable {
        case docker, podman, lxc
        /// Some other, by the variable `container` of its first process.
        case other
    }

    /// As seen from here; in a user namespace, 0 may be an ordinary user outside.
    public var userID: UInt32
    public var userName: String
    public var kernelRelease: String
    public var enclosure: Enclosure?
    public var settings: KernelSettings
    /// The path of the program kijabi-zygote, for which permissions may have to be given.
    public var zygoteProgram: String
    /// Helper programs that are not where they should be.
    public var missingPrograms: [String]

    /// The harbour: user, mount, pid and network namespaces, a file tree of its own, proc, devices.
    public var harbour: Outcome
    /// How many user ids containers have; 0 if there is no harbour.
    public var idCount: UInt32
    /// The busybox image is there or could be made.
    public var image: Outcome
    /// A container ran without a network: overlay, masked paths, capabilities, seccomp.
    public var container: Outcome
    /// A container's own `/proc/self/status` says that system calls are filtered.
    public var systemCallFilter: Outcome
    /// A container was connected by a veth pair.
    public var network: Outcome
    /// The packet filter took a service.
    public var packetFilter: Outcome
    /// A container got a limit of memory.
    public var limits: Outcome
    public var limitsAreEmulated: Bool
    public var controlGroups: ControlGroupMount

    /// Why no virtual machine can be started: no program to play it, or no kernel.
    public var machineObstacles: [Obstacle]
    /// This user may use the processor's virtualization (/dev/kvm).
    public var hasVirtualization: Bool

    public var terminal: TerminalFacts
    public var directories: [DirectoryFacts]

    public init(userID: UInt32, userName: String, kernelRelease: String, zygoteProgram: String) {
        self.userID = userID
        self.userName = userName
        self.kernelRelease = kernelRelease
        self.zygoteProgram = zygoteProgram
        enclosure = nil
        settings = KernelSettings()
        missingPrograms = []
        harbour = .notTried
        idCount = 0
        image = .notTried
        container = .notTried
        systemCallFilter = .notTried
        network = .notTried
        packetFilter = .notTried
        limits = .notTried
        limitsAreEmulated = false
        controlGroups = .none
        machineObstacles = []
        hasVirtualization = false
        terminal = TerminalFacts()
        directories = []
    }
}

/// Something that is missing, and the commands that bring it.
public struct Obstacle: Sendable, Hashable {
    public var text: Localized
    public var fix: [String]

    public init(text: Localized, fix: [String]) {
        self.text = text
        self.fix = fix
    }
}

/// Which control groups are mounted at /sys/fs/cgroup, cgroups(7).
public enum ControlGroupMount: String, Sendable, Hashable {
    case none
    /// One hierarchy a controller.
    case version1
    /// One hierarchy with controllers.
    case version2
}

/// What the terminal and the locale promise.
public struct TerminalFacts: Sendable, Hashable {
    public var isTerminal: Bool
    /// `TERM`, or empty.
    public var type: String
    /// The character type locale of the environment, locale(7): `LC_ALL`, `LC_CTYPE` or `LANG`.
    public var locale: String
    /// The C library has a locale of that name.
    public var localeExists: Bool

    public init(isTerminal: Bool = true, type: String = "", locale: String = "", localeExists: Bool = true) {
        self.isTerminal = isTerminal
        self.type = type
        self.locale = locale
        self.localeExists = localeExists
    }
}

/// One of kijabi's directories, or where it will be made.
public struct DirectoryFacts: Sendable, Hashable {
    public enum Use: String, Sendable, Hashable, CaseIterable {
        case images, state, runtime
    }
    public var use: Use
    public var path: String
    /// errno(3) of making it and a file in it; 0 if that worked.
    public var errno: Int32
    /// Whose it is, if not this user's.
    public var foreignOwner: UInt32?
    /// Bytes free on its file system.
    public var free: UInt64

    public init(use: Use, path: String, errno: Int32 = 0, foreignOwner: UInt32? = nil, free: UInt64) {
        self.use = use
        self.path = path
        self.errno = errno
        self.foreignOwner = foreignOwner
        self.free = free
    }
}
