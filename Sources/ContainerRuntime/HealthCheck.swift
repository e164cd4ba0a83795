/// How a container's health is found out (image-spec `Healthcheck`): a command is run in it again and again.
public struct HealthCheck: Sendable, Hashable {
    public enum Test: Sendable, Hashable {
        /// Not at all, whatever the image says (`--no-healthcheck`).
        case none
        /// A program and its arguments.
        case command([String])
        /// A line for the container's shell.
        case shell(String)
    }

    public var test: Test
    /// Seconds between the end of one probe and the next.
    public var interval: Double
    /// Seconds after which a probe has failed.
    public var timeout: Double
    /// Seconds at the beginning in which failures do not count.
    public var startPeriod: Double
    /// Seconds between probes as long as the start period lasts.
    public var startInterval: Double
    /// Failures in a row that make it unhealthy.
    public var retries: Int

    public init(
        test: Test, interval: Double = 30, timeout: Double = 30, startPeriod: Double = 0, startInterval: Double = 5,
        retries: Int = 3
    ) {
        self.test = test
        self.interval = interval
        self.timeout = timeout
        self.startPeriod = startPeriod
        self.startInterval = startInterval
        self.retries = retries
    }
}

/// What the health checks of a running container have shown.
public struct ContainerHealth: Sendable, Hashable {
    public enum State: String, Sendable, Hashable {
        case starting, healthy, unhealthy
    }

    /// One run of the command.
    public struct Probe: Sendable, Hashable {
        /// Seconds since 1970, with fraction.
        public var startedAt: Double
        public var endedAt: Double
        /// 0 is healthy; -1 where it took too long.
        public var exitCode: Int32
        /// The first 4096 bytes of what it said.
        public var output: String

        public init(startedAt: Double, endedAt: Double, exitCode: Int32, output: String) {
            self.startedAt = startedAt
            self.endedAt = endedAt
            self.exitCode = exitCode
            self.output = output
        }
    }

    public var state: State
    /// Failures since the last success.
    public var failingStreak: Int
    /// The last five, oldest first.
    public var log: [Probe]

    public init(state: State = .starting, failingStreak: Int = 0, log: [Probe] = []) {
        self.state = state
        self.failingStreak = failingStreak
        self.log = log
    }
}
