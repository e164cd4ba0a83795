import ContainerRuntime
import Glibc

/// Gathers the files of packages into a layer, with the owners, modes and times that the packages gave them.
struct PackageFiles {
    /// What nobody reads in a container, as the distributions' own slim images leave it out. Licences stay.
    static let documentation = [
        "usr/share/man/", "usr/share/info/", "usr/share/locale/", "usr/share/lintian/", "usr/share/linda/",
        "usr/share/groff/", "usr/share/bash-completion/", "usr/share/bug/",
    ]

    private let database: PackageDatabase
    private let isLeftOut: (String) -> Bool
    /// `bin` → `usr/bin`, on systems whose packages still say /bin (file-hierarchy(7)).
    private let aliases: [String: String]
    private var entries: [String: LayerContent.Entry] = [:]
    private var firstNames: [Inode: String] = [:]

    private struct Inode: Hashable {
        var device: UInt
        var number: UInt
    }

    /// - Parameter isLeftOut: paths without a leading slash that are not taken.
    init(database: PackageDatabase, isLeftOut: @escaping (String) -> Bool) {
        self.database = database
        self.isLeftOut = { path in
            if path.hasPrefix("usr/share/doc/") { return !path.hasSuffix("/copyright") }
            return Self.documentation.contains { path.hasPrefix($0) } || isLeftOut(path)
        }
        var aliases: [String: String] = [:]
        for name in ["bin", "sbin", "lib", "lib32", "lib64", "libx32"] {
            guard let target = Self.linkTarget("/" + name) else { continue }
            aliases[name] = target.hasPrefix("/") ? String(target.dropFirst()) : target
        }
        self.aliases = aliases
    }

    /// Adds what a package brought: the files of its list, or all that is below `root`, where it was only unpacked.
    mutating func add(_ package: Package, root: String?) throws(RuntimeError) {
        let paths = if let root { Self.tree(root) } else { try database.files(of: package) }
        for path in paths {
            if root == nil, let sum = package.configurationFiles[path] {
                try addConfigurationFile(path, sum)
            } else {
                let place = root.map { $0 + path } ?? database.place(of: path, in: package)
                try add(place, as: Self.inside(path, aliases))
            }
        }
    }

    /// A file in /etc is taken as its package brought it: what whoever administers this machine wrote into it is
    /// nobody's business in a container.
    private mutating func addConfigurationFile(_ path: String, _ sum: String) throws(RuntimeError) {
        guard access(path, R_OK) == 0, MD5.text(of: try StoredFile(reading: path).readAll()) == sum else { return }
        try add(path, as: Self.inside(path, aliases))
    }

    /// Adds a file of this machine's; one that is not there (any more) or that only root may read is not taken.
    private mutating func add(_ hostPath: String, as path: String) throws(RuntimeError) {
        if path.isEmpty || isLeftOut(path) || entries[path] != nil { return }
        var information = stat()
        guard lstat(hostPath, &information) == 0 else { return }
        let kind: LayerContent.Kind
        switch information.st_mode & S_IFMT {
        case S_IFDIR: kind = .directory
        case S_IFLNK:
            guard let target = Self.linkTarget(hostPath) else { return }
            kind = .symbolicLink(target: target)
        case S_IFREG:
            // Whoever makes the image, it is the same.
            guard information.st_mode & 0o004 != 0, access(hostPath, R_OK) == 0 else { return }
            let inode = Inode(device: UInt(information.st_dev), number: UInt(information.st_ino))
            if information.st_nlink > 1, let first = firstNames[inode] {
                kind = .hardLink(target: first)
            } else {
                firstNames[inode] = path
                kind = .hostFile(path: hostPath, size: information.st_size)
            }
        default: return
        }
        // Numbers from 100 on are given out on each machine (Debian policy 9.2.2) and mean nothing elsewhere.
        func own(_ id: UInt32) -> UInt32 { id < 100 ? id : 0 }
        entries[path] = LayerContent.Entry(
            path: path, kind: kind, mode: information.st_mode & 0o7777, user: own(information.st_uid),
            group: own(information.st_gid),
            modificationTime: information.st_mode & S_IFMT == S_IFDIR
                // When something was last put into it here.
                ? nil : information.st_mtim.tv_sec)
    }

    /// The layer: parents first, hard links behind their targets.
    /// - Parameter extra: files that no package brings; they replace what has their path.
    func layer(extra: LayerContent) -> LayerContent {
        var all = entries
        for entry in extra.entries {
            if case .directory = entry.kind, all[entry.path] != nil { continue }
            all[entry.path] = entry
        }
        let newest = all.values.compactMap(\.modificationTime).max() ?? 0
        var layer = LayerContent(modificationTime: newest)
        for path in Set(all.keys.flatMap(Self.parents)).subtracting(all.keys) {
            all[path] = LayerContent.Entry(path: path, kind: .directory, mode: 0o755)
        }
        for (name, target) in aliases where all[target] != nil {
            all[name] = LayerContent.Entry(path: name, kind: .symbolicLink(target: target), mode: 0o777)
        }
        let sorted = all.values.sorted { $0.path < $1.path }
        for entry in sorted where !entry.isHardLink { layer.append(entry) }
        for entry in sorted where entry.isHardLink { layer.append(entry) }
        return layer
    }

    func contains(_ path: String) -> Bool { entries[path] != nil }

    private static func parents(_ path: String) -> [String] {
        var parents: [String] = []
        var rest = path[...]
        while let slash = rest.lastIndex(of: "/") {
            rest = rest[..<slash]
            parents.append(String(rest))
        }
        return parents
    }

    private static func inside(_ path: String, _ aliases: [String: String]) -> String {
        let relative = path.drop { $0 == "/" }
        let first = relative.prefix { $0 != "/" }
        guard let target = aliases[String(first)] else { return String(relative) }
        // The link itself comes from the machine.
        return first.count == relative.count ? "" : target + relative.dropFirst(first.count)
    }

    private static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        guard count > 0, count < buffer.count else { return nil }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// All paths below a directory, relative to it but with a leading slash.
    private static func tree(_ root: String) -> [String] {
        var found: [String] = []
        var waiting = [""]
        while let parent = waiting.popLast() {
            guard let directory = opendir(root + parent) else { continue }
            defer { closedir(directory) }
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name == "." || name == ".." { continue }
                found.append(parent + "/" + name)
                if entry.pointee.d_type == UInt8(DT_DIR) { waiting.append(parent + "/" + name) }
            }
        }
        return found
    }
}
