/// What a running container uses, at one moment. Counters count from its start.
public struct ContainerStatistics: Sendable, Hashable {
    public struct Processor: Sendable, Hashable {
        /// Processor seconds used, of these in the program and in the kernel.
        public var usedSeconds: Double
        public var userSeconds: Double
        public var systemSeconds: Double
        /// How many processors it may use: the machine's, or fewer.
        public var processors: Int
        /// Enforcement periods of a quota, and those in which it was made to wait; 0 without a quota.
        public var periods: Int
        public var throttledPeriods: Int
        /// Seconds it was made to wait.
        public var throttledSeconds: Double

        public init(
            usedSeconds: Double = 0, userSeconds: Double = 0, systemSeconds: Double = 0, processors: Int = 1,
            periods: Int = 0, throttledPeriods: Int = 0, throttledSeconds: Double = 0
        ) {
            self.usedSeconds = usedSeconds
            self.userSeconds = userSeconds
            self.systemSeconds = systemSeconds
            self.processors = processors
            self.periods = periods
            self.throttledPeriods = throttledPeriods
            self.throttledSeconds = throttledSeconds
        }
    }

    /// Bytes.
    public struct Memory: Sendable, Hashable {
        /// Without the file cache that could be given back.
        public var used: Int
        /// The most it has used; nil where nobody kept it.
        public var peak: Int?
        /// Its limit, or the machine's memory.
        public var limit: Int
        /// File cache that could be given back.
        public var cache: Int
        public var swap: Int
        /// How often the limit stopped it, and how many processes were killed for it.
        public var limitHits: Int
        public var kills: Int

        public init(
            used: Int = 0, peak: Int? = nil, limit: Int = 0, cache: Int = 0, swap: Int = 0, limitHits: Int = 0,
            kills: Int = 0
        ) {
            self.used = used
            self.peak = peak
            self.limit = limit
            self.cache = cache
            self.swap = swap
            self.limitHits = limitHits
            self.kills = kills
        }
    }

    /// Bytes and packets of all of its interfaces but the loopback.
    public struct Network: Sendable, Hashable {
        public var receivedBytes: Int
        public var sentBytes: Int
        public var receivedPackets: Int
        public var sentPackets: Int

        public init(receivedBytes: Int = 0, sentBytes: Int = 0, receivedPackets: Int = 0, sentPackets: Int = 0) {
            self.receivedBytes = receivedBytes
            self.sentBytes = sentBytes
            self.receivedPackets = receivedPackets
            self.sentPackets = sentPackets
        }
    }

    /// Seconds since 1970, with fraction.
    public var time: Double
    public var processor: Processor
    public var memory: Memory
    public var network: Network
    /// Bytes that reached or left a block device.
    public var readBytes: Int
    public var writtenBytes: Int
    public var processes: Int
    /// Nil without a limit.
    public var processLimit: Int?
    /// Added up from /proc because there is no control group to read: what ended processes had used is missing.
    public var isEstimated: Bool

    public init(time: Double) {
        self.time = time
        processor = Processor()
        memory = Memory()
        network = Network()
        readBytes = 0
        writtenBytes = 0
        processes = 0
        processLimit = nil
        isEstimated = false
    }

    /// Per cent of one processor used since an earlier sample: 200 is two whole ones.
    public func processorPercent(since earlier: ContainerStatistics) -> Double {
        let span = time - earlier.time
        guard span > 0 else { return 0 }
        return max(0, processor.usedSeconds - earlier.processor.usedSeconds) / span * 100
    }
}
