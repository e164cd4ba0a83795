import ContainerRuntime
import Documents
import Glibc
import OCI

/// The directory of an image store: what is where, and how it gets there whole or not at all.
struct ImageStoreFiles {
    let directory: String

    private var temporary: String { directory + "/temporary" }
    private var table: String { directory + "/references.json" }
    private func blob(_ digest: Digest) -> String { directory + "/blobs/sha256/" + digest.hex }
    func layer(_ digest: Digest) -> String { directory + "/layers/" + digest.hex }

    /// Held while its value lives.
    struct Lock: ~Copyable {
        fileprivate let file: StoredFile
    }

    /// Waits for the right to change the store, makes its directories, and sweeps what an interrupted change left.
    func lock() throws(RuntimeError) -> Lock {
        try makeDirectories(directory)
        let file = try StoredFile(directory + "/lock", O_RDWR | O_CREAT)
        while flock(file.descriptor, LOCK_EX) != 0 {
            if errno != EINTR { throw .system(stage: "flock", errno: errno, path: directory + "/lock") }
        }
        for path in [directory + "/blobs", directory + "/blobs/sha256", directory + "/layers", temporary] {
            try makeDirectory(path)
        }
        // Nobody else is making anything: what is there was left by somebody who was interrupted.
        FileTree.removeContents(of: temporary)
        return Lock(file: file)
    }

    /// An empty directory for something that is being made.
    func stagingDirectory() throws(RuntimeError) -> String {
        for number in 0... {
            let path = temporary + "/\(getpid()).\(number)"
            if mkdir(path, 0o755) == 0 { return path }
            if errno != EEXIST { throw .system(stage: "mkdir", errno: errno, path: path) }
        }
        throw .system(stage: "mkdir", errno: EEXIST, path: temporary)
    }

    /// Moves a finished directory to its place. One that is there already has the same content and stays.
    func publish(_ staging: String, asLayer digest: Digest) throws(RuntimeError) {
        try synchronizeDirectory(staging)
        if rename(staging, layer(digest)) != 0 {
            guard errno == EEXIST || errno == ENOTEMPTY else {
                throw .system(stage: "rename", errno: errno, path: layer(digest))
            }
            FileTree.remove(staging)
        }
        try synchronizeDirectory(directory + "/layers")
    }

    /// Stores a document under its digest.
    func put(_ document: JSONValue, mediaType: String) throws(RuntimeError) -> ContentDescriptor {
        let bytes = document.encoded()
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

    /// The image of an entry, with everything it needs in its place.
    func image(_ entry: ReferenceTable.Entry) throws -> StoredImage {
        let manifest = try ImageManifest(parsing: get(entry.manifest))
        let configuration = try ImageConfiguration(parsing: get(manifest.configuration.digest))
        let layers = configuration.layers.map { layer($0) }
        for path in layers where access(path, F_OK) != 0 {
            throw RuntimeError.system(stage: "layer", errno: ENOENT, path: path)
        }
        let summary = ImageSummary(
            id: manifest.configuration.digest.description, references: [],
            size: manifest.annotations[StoredImage.sizeKey].flatMap { Int($0) } ?? 0,
            createdAt: Double(configuration.created.flatMap(RFC3339.seconds) ?? 0),
            entrypoint: configuration.entrypoint, command: configuration.command,
            environment: configuration.environment, workingDirectory: configuration.workingDirectory,
            user: configuration.user, origin: manifest.annotations[StoredImage.originKey] ?? "")
        return StoredImage(
            summary: summary, configuration: configuration, layerDirectories: layers.reversed(),
            layerDescriptors: manifest.layers, manifestDigest: entry.manifest, fingerprint: entry.fingerprint)
    }

    private func replace(_ path: String, with bytes: [UInt8]) throws(RuntimeError) {
        let staging = try stagingDirectory()
        defer { FileTree.remove(staging) }
        do {
            let file = try StoredFile(creating: staging + "/new")
            try file.write(bytes)
            try file.synchronize()
        }
        if rename(staging + "/new", path) != 0 { throw .system(stage: "rename", errno: errno, path: path) }
    }

    private func synchronizeDirectory(_ path: String) throws(RuntimeError) {
        let file = try StoredFile(path, O_RDONLY | O_DIRECTORY)
        try file.synchronize()
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
