import CLinux
import Glibc
import LinuxKernel

/// The files of an image's layers, laid over each other as the kernel's overlay does it
/// (Documentation/filesystems/overlayfs.rst): what is above hides what is below.
struct LayerTree {
    struct File {
        var source: String
        var status: stat
        var owner: UInt32
        var group: UInt32
    }

    /// By path without a slash in front.
    private(set) var files: [String: File] = [:]

    /// Lays a layer's directory over what is there.
    mutating func lay(_ layer: String) throws(MachineError) {
        var root = stat()
        guard lstat(layer, &root) == 0 else { throw .system(stage: "read", errno: errno, path: layer) }
        // Containers' ids begin at this user's where it is the only one there is.
        try lay(directory: layer, as: "", base: root.st_uid, groupBase: root.st_gid)
    }

    private mutating func lay(
        directory: String, as path: String, base: UInt32, groupBase: UInt32
    ) throws(MachineError) {
        guard let entries = opendir(directory) else { throw .system(stage: "read", errno: errno, path: directory) }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == "." || name == ".." { continue }
            let source = "\(directory)/\(name)"
            let target = path.isEmpty ? name : "\(path)/\(name)"
            var status = stat()
            guard lstat(source, &status) == 0 else { continue }
            let kind = status.st_mode & S_IFMT
            if Self.isWhiteout(source, status) {
                removeBelow(target)
                files[target] = nil
                continue
            }
            let isDirectory = kind == S_IFDIR
            if !isDirectory || Self.isOpaque(source)
                || files[target].map({ $0.status.st_mode & S_IFMT != S_IFDIR }) ?? false
            {
                removeBelow(target)
            }
            guard isDirectory || kind == S_IFREG || kind == S_IFLNK else { continue }
            files[target] = File(
                source: source, status: status, owner: Self.inner(status.st_uid, base),
                group: Self.inner(status.st_gid, groupBase))
            if isDirectory { try lay(directory: source, as: target, base: base, groupBase: groupBase) }
        }
    }

    private static func inner(_ id: UInt32, _ base: UInt32) -> UInt32 {
        id >= base && id - base < 65_536 ? id - base : 0
    }

    private mutating func removeBelow(_ path: String) {
        for other in files.keys where other.hasPrefix(path + "/") { files[other] = nil }
    }

    private static func isWhiteout(_ path: String, _ status: stat) -> Bool {
        switch status.st_mode & S_IFMT {
        case S_IFCHR: status.st_rdev == 0
        case S_IFREG:
            status.st_size == 0 && (has("user.overlay.whiteout", path) || has("trusted.overlay.whiteout", path))
        default: false
        }
    }

    private static func isOpaque(_ path: String) -> Bool {
        has("user.overlay.opaque", path) || has("trusted.overlay.opaque", path)
    }

    private static func has(_ attribute: String, _ path: String) -> Bool {
        kijabi_has_attribute(path, attribute) == 1
    }

    /// Parents before what is in them.
    func write(to archive: inout CpioArchive) throws(MachineError) {
        var identities: [UInt: UInt32] = [:]
        for path in files.keys.sorted() {
            guard let file = files[path] else { continue }
            let status = file.status
            var entry = CpioArchive.Entry(
                path: path, mode: status.st_mode, owner: file.owner, group: file.group,
                modificationTime: status.st_mtim.tv_sec, identity: 0)
            switch status.st_mode & S_IFMT {
            case S_IFREG:
                var contents: [UInt8] = []
                let known = identities[status.st_ino]
                entry.identity = known ?? UInt32(identities.count + 1)
                entry.links = Int(status.st_nlink)
                if known == nil {
                    identities[status.st_ino] = entry.identity
                    contents = try MachineRoot.bytes(of: file.source)
                }
                archive.add(entry, contents)
            case S_IFLNK: archive.add(entry, (ProcessFiles.link(file.source) ?? "").utf8)
            default: archive.add(entry, [])
            }
        }
    }
}
