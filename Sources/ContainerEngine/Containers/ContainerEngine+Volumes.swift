public import ContainerRuntime
import Documents
import Glibc

/// Volumes are directories below `volumes` of the data directory; what is known of one beside its files is in
/// `volumes/.records/NAME.json`, and a volume without such a file was made by being mounted.
extension ContainerEngine: VolumeService {
    public func createVolume(_ name: String?, labels: [String: String]) async throws(RuntimeError) -> VolumeStatus {
        let isAnonymous = name == nil
        let name = name ?? (0..<64).map { _ in String(UInt8.random(in: 0...15), radix: 16) }.joined()
        guard Self.isVolumeName(name) else {
            throw .invalid(
                field: "volume",
                reason: "create \(name): \"\(name)\" includes invalid characters for a local volume name, only "
                    + "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, "
                    + "use absolute path")
        }
        let path = try volumePath(name)
        if access(path, F_OK) != 0 {
            try Self.makeDirectory(path)
            own(path)
            try writeRecord(of: name, labels, isAnonymous)
        }
        return try await volume(name)
    }

    /// docker: `[a-zA-Z0-9][a-zA-Z0-9_.-]+`
    private static func isVolumeName(_ name: String) -> Bool {
        guard name.utf8.count > 1, let first = name.first, first.isASCII, first.isLetter || first.isNumber else {
            return false
        }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }
    }

    public func volumes() async throws(RuntimeError) -> [VolumeStatus] {
        var list: [VolumeStatus] = []
        for name in FileTree.names(in: configuration.dataDirectory + "/volumes").sorted() where !name.hasPrefix(".") {
            if let volume = try? await volume(name) { list.append(volume) }
        }
        return list
    }

    public func volume(_ name: String) async throws(RuntimeError) -> VolumeStatus {
        guard let path = try? volumePath(name) else { throw .noSuchVolume(name) }
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { throw .noSuchVolume(name) }
        let record = readRecord(of: name)
        var labels: [String: String] = [:]
        for (key, value) in record["Labels"]?.object ?? [:] { labels[key] = value.string }
        let isHash = name.utf8.count == 64 && name.allSatisfy(\.isHexDigit)
        var volume = VolumeStatus(
            name: name, path: path, labels: labels,
            createdAt: record["CreatedAt"]?.int.map(Double.init) ?? Double(status.st_ctim.tv_sec),
            isAnonymous: record["Anonymous"]?.bool ?? isHash, users: users(ofVolume: name))
        volume.isUsedElsewhere = try StoreHold.isHeldElsewhere(try holdPath(of: name))
        return volume
    }

    private func users(ofVolume name: String) -> [String] {
        order.filter { id in
            containersByID[id]?.configuration.mounts.contains { $0.source == .volume(name: name) } ?? false
        }
    }

    public func volumeSize(_ name: String) async throws(RuntimeError) -> Int {
        let path = try await volume(name).path
        let size = await Task.detached { DirectorySize.bytes(path) }.value
        return size
    }

    // MARK: Use and removal

    /// Keeps the volumes of a container in the store, whichever process would remove them.
    /// - Throws: `.conflict` for one that is being removed.
    func holdVolumes(of wanted: ContainerConfiguration) throws(RuntimeError) {
        for name in Self.volumeNames(wanted) where volumeHolds[name] == nil {
            _ = try volumePath(name)
            guard let hold = try StoreHold(try holdPath(of: name), exclusive: false, waits: false) else {
                throw .conflict("volume \(name) is being removed; try again")
            }
            volumeHolds[name] = hold
        }
    }

    /// Lets those go that nobody here mounts any more.
    func releaseVolumes(of wanted: ContainerConfiguration) {
        for name in Self.volumeNames(wanted) where users(ofVolume: name).isEmpty { volumeHolds[name] = nil }
    }

    private static func volumeNames(_ configuration: ContainerConfiguration) -> [String] {
        configuration.mounts.compactMap { if case .volume(let name) = $0.source { name } else { nil } }
    }

    public func removeVolume(_ name: String) async throws(RuntimeError) {
        let path = try volumePath(name)
        if let user = users(ofVolume: name).first { throw .volumeInUse(name: name, by: user) }
        volumeHolds[name] = nil
        let holdPath = try holdPath(of: name)
        guard let hold = try StoreHold(holdPath, exclusive: true) else { throw .volumeInUse(name: name, by: nil) }
        try await removeTree(path)
        forgetVolume(name)
        withExtendedLifetime(hold) { _ = unlink(holdPath) }
    }

    /// flock(2): shared by the processes whose containers mount it.
    private func holdPath(of name: String) throws(RuntimeError) -> String {
        let directory = configuration.dataDirectory + "/volumes/.holds"
        try Self.makeDirectory(directory)
        return "\(directory)/\(name)"
    }

    private func recordPath(of name: String) -> String {
        "\(configuration.dataDirectory)/volumes/.records/\(name).json"
    }

    private func readRecord(of name: String) -> JSONValue {
        guard let bytes = try? StoredFile(reading: recordPath(of: name)).readAll() else { return .null }
        return (try? JSONValue(parsing: bytes)) ?? .null
    }

    private func writeRecord(of name: String, _ labels: [String: String], _ isAnonymous: Bool) throws(RuntimeError) {
        let members = labels.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue.string($0.value)) }
        let record: JSONValue = [
            "Labels": .object(JSONObject(members)), "CreatedAt": .integer(Int(configuration.now())),
            "Anonymous": .bool(isAnonymous),
        ]
        let path = recordPath(of: name)
        try Self.makeDirectory(configuration.dataDirectory + "/volumes/.records")
        let draft = "\(path).\(getpid())"
        unlink(draft)
        try StoredFile(creating: draft).write(record.encoded())
        if rename(draft, path) != 0 { throw .system(stage: "rename", errno: errno, path: path) }
    }

    /// The volume is gone; what was known of it goes too.
    func forgetVolume(_ name: String) {
        unlink(recordPath(of: name))
    }
}
