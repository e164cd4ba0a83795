public import Terminal

/// What a virtual machine is made of.
public struct MachineConfiguration: Sendable {
    /// Unique among running machines; nil invents one (`vm1`).
    public var name: String?
    /// Bytes.
    public var memory: Int
    /// Processors.
    public var processors: Int
    /// What its user space is made of: the same image that containers have.
    public var image: String
    public var console: Console
    /// The kernel's messages go to the console too; a machine that says nothing starts faster.
    public var isQuiet: Bool
    /// Of the terminal that will look at the console.
    public var terminalSize: TerminalSize?
    /// `TERM` of that terminal.
    public var terminalType: String
    /// Nil tries what there is.
    public var accelerator: Accelerator?

    public enum Console: String, Sendable {
        /// A shell, and another one when it ends.
        case kept
        /// A shell; the machine ends with it.
        case once
        /// Nobody sits there.
        case none
    }

    /// The least with which Debian's kernel starts and a user space of some megabytes has room.
    public static let smallestMemory = 96 << 20
    public static let usualMemory = 128 << 20

    public init(name: String? = nil, console: Console) {
        self.name = name
        memory = Self.usualMemory
        processors = 1
        image = "busybox"
        self.console = console
        isQuiet = true
        terminalType = "vt100"
    }
}

/// What is known of a virtual machine.
public struct MachineStatus: Sendable {
    public enum State: String, Sendable {
        case running, exited
    }

    public var name: String
    public var state: State
    /// Of QEMU, as this machine counts processes; nil unless running.
    public var pid: Int32?
    public var accelerator: Accelerator
    public var kernel: KernelImage
    /// As the machine's own `uname -r` says.
    public var release: String
    /// Bytes of the file tree the machine starts with.
    public var rootSize: Int
    public var memory: Int
    public var processors: Int
    public var image: String
    /// Seconds since 1970.
    public var startedAt: Double
    public var finishedAt: Double?
    /// From the start of QEMU to the first word of the machine's first process.
    public var bootTime: Duration
    /// Of the shell on the console with which it ended, if it did; 0 for a machine that was stopped.
    public var exit: Int32?
}
