/// Directories that outlive containers.
public protocol VolumeService: Sendable {
    /// Makes a volume; one of that name that is there stays as it is.
    /// - Parameter name: nil invents one of 64 hexadecimal digits.
    /// - Throws: `.invalid` for what cannot be a name.
    func createVolume(_ name: String?, labels: [String: String]) async throws(RuntimeError) -> VolumeStatus
    /// Sorted by name.
    func volumes() async throws(RuntimeError) -> [VolumeStatus]
    /// - Throws: `.noSuchVolume`.
    func volume(_ name: String) async throws(RuntimeError) -> VolumeStatus
    /// Bytes in it.
    func volumeSize(_ name: String) async throws(RuntimeError) -> Int
}

/// A volume as `docker volume inspect` shows it.
public struct VolumeStatus: Sendable, Hashable {
    public var name: String
    /// On this machine.
    public var path: String
    public var labels: [String: String]
    /// Seconds since 1970.
    public var createdAt: Double
    /// Made for one container that named none.
    public var isAnonymous: Bool
    /// The ids of the containers that mount it.
    public var users: [String]
    /// A container of another process that has the same store mounts it.
    public var isUsedElsewhere = false
    /// It cannot be removed.
    public var isUsed: Bool { !users.isEmpty || isUsedElsewhere }

    public init(
        name: String, path: String, labels: [String: String], createdAt: Double, isAnonymous: Bool, users: [String]
    ) {
        self.name = name
        self.path = path
        self.labels = labels
        self.createdAt = createdAt
        self.isAnonymous = isAnonymous
        self.users = users
    }
}
