import ContainerRuntime
import Glibc
import LinuxKernel

/// What is known of a file without opening it.
struct FileNode {
    enum Kind: Hashable {
        case directory, file
        case link(target: String)
        /// Devices, sockets, named pipes: no image gets them by COPY.
        case special
    }

    var kind: Kind
    /// Permission bits with set-id and sticky bits.
    var mode: UInt32
    /// As a container sees them.
    var user: UInt32
    var group: UInt32
    /// Bytes.
    var size: Int
    /// Seconds since 1970.
    var modificationTime: Int
    /// Differs when the content does, and between any two files.
    var mark: String
    /// It has other names too.
    var hasOtherNames: Bool

    var isDirectory: Bool { kind == .directory }

    init(_ status: stat, target: String?, owners: IdentityMap) {
        switch status.st_mode & S_IFMT {
        case S_IFDIR: kind = .directory
        case S_IFREG: kind = .file
        case S_IFLNK: kind = .link(target: target ?? "")
        default: kind = .special
        }
        mode = status.st_mode & 0o7777
        user = owners.user(status.st_uid)
        group = owners.group(status.st_gid)
        size = status.st_size
        modificationTime = status.st_mtim.tv_sec
        hasOtherNames = status.st_nlink > 1
        mark =
            "\(status.st_dev):\(status.st_ino):\(status.st_size):\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec):"
            + "\(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)"
    }
}

/// A tree of files that COPY takes from or lays out for. Paths are absolute and clean (`ImagePath.clean`); none of their
/// directories is a symbolic link, which is what `FileSource.resolve` is for. Its calls block.
protocol FileSource {
    /// Nil where there is nothing. A symbolic link is not followed.
    func node(_ path: String) throws(RuntimeError) -> FileNode?
    /// Of a directory, sorted.
    func names(_ path: String) throws(RuntimeError) -> [String]
    /// A regular file, to read.
    func open(_ path: String) throws(RuntimeError) -> FileDescriptor
}

extension FileSource {
    /// `path` with symbolic links followed inside the tree, which they cannot lead out of. What is not there stays as it
    /// is written.
    func resolve(_ path: String, followsLast: Bool = true) throws(RuntimeError) -> String {
        var rest = ImagePath.parts(path).reversed().map { $0 }
        var done = "/"
        var links = 0
        while let part = rest.popLast() {
            if part == "." { continue }
            if part == ".." {
                done = ImagePath.parent(done)
                continue
            }
            let next = ImagePath.child(done, part)
            guard followsLast || !rest.isEmpty, let node = try node(next), case .link(let target) = node.kind else {
                done = next
                continue
            }
            links += 1
            guard links <= 40 else { throw .system(stage: "resolve", errno: ELOOP, path: path) }
            if target.hasPrefix("/") { done = "/" }
            rest += ImagePath.parts(target).reversed()
        }
        return done
    }

    /// The whole of a small file, nil where there is none.
    func text(_ path: String) throws(RuntimeError) -> String? {
        let place = try resolve(path)
        guard let node = try node(place), node.kind == .file, node.size < 16 << 20 else { return nil }
        let file = try open(place)
        return String(decoding: try file.readToEnd(), as: UTF8.self)
    }
}

extension FileDescriptor {
    /// What can be read from here on.
    func readToEnd() throws(RuntimeError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(stage: "read", errno: errno, path: nil) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }
}
