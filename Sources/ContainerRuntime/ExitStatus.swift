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
