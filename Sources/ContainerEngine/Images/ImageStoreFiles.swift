import CLinux
import ContainerRuntime
import Documents
import Glibc
import OCI

/// The directory of an image store: what is where, and how it gets there whole or not at all.
struct ImageStoreFiles {
    let directory: String

    var temporary: String { directory + "/temporary" }
    private var table: String { directory + "/references.json" }
    func blob(_ digest: Digest) -> String { directory + "/blobs/sha256/" + digest.hex }
    func layer(_ digest: Digest) -> String { directory + "/layers/" + digest.hex }
    func hold(_ layer: Digest) -> String { directory + "/holds/" + layer.hex }

    /// Held while its value lives.
    struct Lock: ~Copyable {
        fileprivate let file: StoredFile
    }

    /// Waits for the right to change the store, makes its directories, and sweeps what somebody left who was killed.
    func lock() throws(RuntimeError) -> Lock {
        try makeDirectories(directory)
        let file = try StoredFile(directory + "/lock", O_RDWR | O_CREAT)
        while flock(file.descriptor, LOCK_EX) != 0 {
            if errno != EINTR { throw .system(stage: "flock", errno: errno, path: directory + "/lock") }
        }
        for path in [
            directory + "/blobs", directory + "/blobs/sha256", directory + "/layers", directory + "/holds", temporary,
        ] {
            try makeDirectory(path)
        }
        // Files of other users than this one are left to `makeStaging`.
        for path in ImageStaging.abandoned(in: temporary) { FileTree.remove(path) }
        return Lock(file: file)
    }

    /// The places of things that were being made when somebody was interrupted: nobody holds them any more.
    func abandonedStagings(holding lock: borrowing Lock) -> [String] {
        ImageStaging.abandoned(in: temporary)
    }

    /// An empty directory for something that is being made.
    /// - Parameter remove: see `ImageStaging`.
    func staging(
        holding lock: borrowing Lock, remove: @escaping @Sendable (String) -> Void
    ) throws(RuntimeError) -> ImageStaging {
        try ImageStaging(in: temporary, remove: remove)
    }

    /// Moves a finished directory to its place. One that is there already has the same content, and this one stays where
    /// it is.
    ///
    /// Its files are on the disk before it has its name, and it has its name before anything names it: after a power loss
    /// a layer is whole or not there. Syncing the file system once does it; file by file takes minutes where there are
    /// thousands.
    func publish(_ tree: String, asLayer digest: Digest) throws(RuntimeError) {
        let directoryFile = try StoredFile(tree, O_RDONLY | O_DIRECTORY)
        if kijabi_syncfs(directoryFile.descriptor) != 0 { throw .system(stage: "syncfs", errno: errno, path: tree) }
        if rename(tree, layer(digest)) != 0, errno != EEXIST, errno != ENOTEMPTY {
            throw .system(stage: "rename", errno: errno, path: layer(digest))
        }
        try synchronizeDirectory(directory + "/layers")
    }

    /// Moves a finished file to its place.
    func publish(_ file: String, asBlob digest: Digest) throws(RuntimeError) {
        try StoredFile(reading: file).synchronize()
        if rename(file, blob(digest)) != 0 { throw .system(stage: "rename", errno: errno, path: blob(digest)) }
    }

    func hasLayer(_ digest: Digest) -> Bool { access(layer(digest), F_OK) == 0 }
    func hasBlob(_ digest: Digest) -> Bool { access(blob(digest), F_OK) == 0 }

    /// What is in `layers` or in `blobs/sha256`.
    func names(in place: String) -> [String] { FileTree.names(in: directory + "/" + place) }

    /// Stores a document under its digest.
    func put(_ bytes: [UInt8], mediaType: String) throws(RuntimeError) -> ContentDescriptor {
        let descriptor = ContentDescriptor(mediaType: mediaType, digest: Digest(of: bytes), size: bytes.count)
        try replace(blob(descriptor.digest), with: bytes)
        return descriptor
    }

    /// The blob with that digest; its content is checked.
    func get(_ digest: Digest) throws(RuntimeError) -> [UInt8] {
        let bytes = try StoredFile(reading: blob(digest)).readAll()
        guard Digest(of: bytes) == digest else { throw .system(stage: "digest", errno: EBADMSG, path: blob(digest)) }
        return bytes
    }

    /// Differs whenever the table does; empty where there is none.
    func referencesVersion() -> String {
        var information = stat()
        guard stat(table, &information) == 0 else { return "" }
        return "\(information.st_ino):\(information.st_mtim.tv_sec).\(information.st_mtim.tv_nsec)"
    }

    /// A table that is missing or unreadable is an empty one: everything in it can be made again.
    func references() throws(RuntimeError) -> ReferenceTable {
        guard access(table, F_OK) == 0 else { return ReferenceTable() }
        let bytes = try StoredFile(reading: table).readAll()
        return (try? ReferenceTable(parsing: bytes)) ?? ReferenceTable()
    }

    func replaceReferences(_ references: ReferenceTable) throws(RuntimeError) {
        try replace(table, with: Array(references.document.prettyPrinted(indent: 2).utf8))
    }

    /// The image of a manifest, with everything it needs in its place.
    func image(_ digest: Digest, _ record: ReferenceTable.Image?) throws -> StoredImage {
        let manifestBytes = try get(digest)
        let manifest = try ImageManifest(parsing: manifestBytes)
        let configurationBytes = try get(manifest.configuration.digest)
        let configuration = try ImageConfiguration(parsing: configurationBytes)
        let layers = configuration.layers.map { layer($0) }
        for path in layers where access(path, F_OK) != 0 {
            throw RuntimeError.system(stage: "layer", errno: ENOENT, path: path)
        }
        let origin = record?.origin ?? manifest.annotations[StoredImage.originKey] ?? ""
        var summary = ImageSummary(
            id: manifest.configuration.digest.description, references: [],
            size: record?.size ?? manifest.annotations[StoredImage.sizeKey].flatMap { Int($0) } ?? 0,
            createdAt: Double(configuration.created.flatMap(RFC3339.seconds) ?? 0),
            entrypoint: configuration.entrypoint, command: configuration.command,
            environment: configuration.environment, workingDirectory: configuration.workingDirectory,
            user: configuration.user, origin: origin)
        summary.labels = configuration.labels
        summary.exposedPorts = configuration.exposedPorts
        summary.volumes = configuration.volumes
        summary.stopSignal = configuration.stopSignal
        if let platform = configuration.platform {
            summary.platform = platform.description
            summary.isForeign = !Platform.current.runs(platform)
        }
        summary.healthCheck = HealthCheck(configuration.document.at("config", "Healthcheck") ?? .null)
        return StoredImage(
            summary: summary, configuration: configuration, configurationBytes: configurationBytes,
            layerDirectories: layers.reversed(), layerDescriptors: manifest.layers, manifestDigest: digest,
            manifestBytes: manifestBytes)
    }

    /// Writes a file whole or not at all.
    func replace(_ path: String, with bytes: [UInt8]) throws(RuntimeError) {
        let staging = try ImageStaging(in: temporary) { FileTree.remove($0) }
        do {
            let file = try StoredFile(creating: staging.path + "/new")
            try file.write(bytes)
            try file.synchronize()
        }
        if rename(staging.path + "/new", path) != 0 { throw .system(stage: "rename", errno: errno, path: path) }
    }

    private func synchronizeDirectory(_ path: String) throws(RuntimeError) {
        let file = try StoredFile(path, O_RDONLY | O_DIRECTORY)
        try file.synchronize()
    }

    /// A store that is read only, made before there were holds, has none.
    func makeDirectoryOfHolds() throws(RuntimeError) {
        try makeDirectory(directory + "/holds")
    }

    private func makeDirectories(_ path: String) throws(RuntimeError) {
        var prefix = ""
        for component in path.split(separator: "/") {
            prefix += "/" + component
            if access(prefix, F_OK) != 0 { try makeDirectory(prefix) }
        }
    }

    /// Everybody may look inside, whatever the umask: the harbour's root is another user where kijabi runs as root.
    private func makeDirectory(_ path: String) throws(RuntimeError) {
        if mkdir(path, 0o755) == 0 {
            chmod(path, 0o755)
        } else if errno != EEXIST {
            throw .system(stage: "mkdir", errno: errno, path: path)
        }
    }
}
