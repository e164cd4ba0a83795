public import LinuxKernel

/// Where an engine keeps its things and finds its programs.
public struct EngineConfiguration: Sendable {
    /// Images and volumes; outlives the engine and is shared by all engines of one person. Made if it is missing.
    public var dataDirectory: String
    /// A directory in which this engine makes one of its own for logs, upper layers and sandbox files; it is removed
    /// when the engine or its process ends. Made if it is missing.
    public var runDirectory: String
    /// The program `kijabi-zygote`.
    public var zygoteProgram: String
    /// The program `kijabi-packetfilter`.
    public var packetFilterProgram: String
    /// The program `kijabi-archive`.
    public var archiveProgram: String
    /// The program `kijabi-stub`, for the toolbox image.
    public var stubProgram: String
    /// The zygote, if it has been started already (best: as the first thing the program does).
    public var zygote: ZygoteProcess?
    /// How registries are reached.
    public var registries: RegistrySettings
    /// From which ids and names are drawn; nil draws it by chance.
    public var seed: UInt64?
    /// Seconds since 1970.
    public var now: @Sendable () -> Double

    /// - Parameter programDirectory: where the helper programs stand.
    public init(dataDirectory: String, runDirectory: String, programDirectory: String) {
        self.dataDirectory = dataDirectory
        self.runDirectory = runDirectory
        zygoteProgram = programDirectory + "/kijabi-zygote"
        packetFilterProgram = programDirectory + "/kijabi-packetfilter"
        archiveProgram = programDirectory + "/kijabi-archive"
        stubProgram = programDirectory + "/kijabi-stub"
        zygote = nil
        registries = RegistrySettings(directory: dataDirectory + "/registries", environment: [:])
        seed = nil
        now = { WallClock.seconds() }
    }
}
