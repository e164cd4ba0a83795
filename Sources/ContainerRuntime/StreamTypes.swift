/// Open descriptors of the caller, which keeps owning them. Nil: nothing is read, or the output is dropped.
public struct StreamDescriptors: Sendable {
    public var input: Int32?
    public var output: Int32?
    public var error: Int32?

    public init(input: Int32? = nil, output: Int32? = nil, error: Int32? = nil) {
        self.input = input
        self.output = output
        self.error = error
    }
}

/// A further process in a container.
public struct ExecConfiguration: Sendable {
    public var command: [String]
    public var environment: [String]
    public var workingDirectory: String?
    public var user: String?
    /// Gives it a pseudo-terminal of this size.
    public var terminal: TerminalSize?
    /// All the capabilities that a privileged container would have (`exec --privileged`).
    public var isPrivileged = false

    public init(
        command: [String], environment: [String] = [], workingDirectory: String? = nil, user: String? = nil,
        terminal: TerminalSize? = nil
    ) {
        self.command = command
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.user = user
        self.terminal = terminal
    }
}

public struct TerminalSize: Sendable, Hashable {
    public var columns: UInt16
    public var rows: UInt16
    public init(columns: UInt16, rows: UInt16) {
        self.columns = columns
        self.rows = rows
    }
}

public struct LogOptions: Sendable {
    public var follow: Bool
    /// Last lines only.
    public var tail: Int?
    /// Lines not older than this, in seconds since 1970.
    public var since: Double?
    /// Lines not younger than this.
    public var until: Double? = nil

    public init(follow: Bool = false, tail: Int? = nil, since: Double? = nil) {
        self.follow = follow
        self.tail = tail
        self.since = since
    }
}

/// A piece of output up to and with its newline (the last may lack one).
public struct LogLine: Sendable {
    public enum Stream: Sendable { case output, error }
    public var stream: Stream
    /// Seconds since 1970, with fraction.
    public var time: Double
    public var bytes: [UInt8]

    public init(stream: Stream, time: Double, bytes: [UInt8]) {
        self.stream = stream
        self.time = time
        self.bytes = bytes
    }
}
