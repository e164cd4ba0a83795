/// Something that appears in the container's file tree.
public struct Mount: Sendable, Hashable {
    public enum Source: Sendable, Hashable {
        /// A directory or file of the host, with its own owners: root in a container may do with it what an unprivileged
        /// user of the host may, who is that root outside. One that is made because it is not there is the container's.
        case bind(path: String)
        /// A directory or file of another container that runs, as its root finds it: links lead nowhere else, and one that
        /// is made because it is not there is made in it. It is looked up anew at each start, in the container that has
        /// taken the other's place (`ContainerConfiguration.successorOf`) where that one is gone.
        case container(id: String, path: String)
        /// A directory of the program that uses the engine, for a container it trusts with it: what is the program's
        /// user's on the host is root's in the container.
        case entrusted(path: String)
        /// A named volume of the engine's store; made on first use.
        case volume(name: String)
        /// A directory, writable for everybody, that the containers of one sandbox share (`emptyDir`): made empty on
        /// first use, gone with the sandbox.
        case sandbox(name: String)
        /// A fresh memory file system of at most `size` bytes.
        case tmpfs(size: Int?)
        /// The same with more to say, see `TemporaryFileSystem`.
        case memory(TemporaryFileSystem)
        /// Files with the given contents (ConfigMap, /etc/hosts), on a memory file system.
        case files([String: [UInt8]])
        /// A copy-on-write view of a host directory: writes stay in the container, where what is root's on the host is
        /// root's.
        case copyOnWrite(path: String)
    }
    public var source: Source
    /// Absolute path inside the container.
    public var target: String
    public var readOnly: Bool
    /// A bind mount's source must be there; else a directory is made (`--mount` against `-v`).
    public var requiresSource: Bool
    /// A new, empty volume gets what the image has at the target; `nocopy` does without.
    public var copiesImageContent: Bool
    /// The volume was made for this container alone and goes with it (`--rm`, `rm -v`).
    public var isAnonymous: Bool
    /// As it was asked for (`rprivate`, …); what is mounted later on the machine never appears in a container.
    public var propagation: String

    public init(source: Source, target: String, readOnly: Bool = false) {
        self.source = source
        self.target = target
        self.readOnly = readOnly
        requiresSource = false
        copiesImageContent = true
        isAnonymous = false
        propagation = "rprivate"
    }
}

/// A memory file system, tmpfs(5).
public struct TemporaryFileSystem: Sendable, Hashable {
    /// Bytes at most; nil is half of the machine's memory.
    public var size: Int?
    /// Of its top directory, e.g. 0o1777.
    public var mode: UInt32?
    /// Owners of its top directory, as the container counts.
    public var uid: UInt32?
    public var gid: UInt32?
    /// Programs on it can be executed; docker's default is that they cannot.
    public var isExecutable: Bool

    public init(
        size: Int? = nil, mode: UInt32? = nil, uid: UInt32? = nil, gid: UInt32? = nil, isExecutable: Bool = false
    ) {
        self.size = size
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.isExecutable = isExecutable
    }
}
