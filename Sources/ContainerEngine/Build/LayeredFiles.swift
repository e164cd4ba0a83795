import CLinux
import ContainerRuntime
import Glibc
import LinuxKernel

/// The files of an image, read from its layers as overlayfs would show them, without mounting anything.
final class LayeredFiles: FileSource {
    /// Directories of this machine, top first.
    private let layers: [String]
    private let owners: IdentityMap
    /// What of the layers makes up a directory, top first.
    private var merged: [String: [String]] = [:]

    init(layers: [String], owners: IdentityMap) {
        self.layers = layers
        self.owners = owners
        merged["/"] = layers
    }

    func node(_ path: String) throws(RuntimeError) -> FileNode? {
        guard let (place, status) = try find(path) else { return nil }
        return FileNode(status, target: status.isLink ? Self.target(place) : nil, owners: owners)
    }

    func names(_ path: String) throws(RuntimeError) -> [String] {
        var seen: Set<String> = []
        var names: [String] = []
        for place in try directories(path) {
            guard let directory = opendir(place) else { throw .system(stage: "read layer", errno: errno, path: path) }
            defer { closedir(directory) }
            var here: [String] = []
            while let entry = readdir(directory) {
                let name = entry.name
                if name != ".", name != ".." { here.append(name) }
            }
            for name in here where seen.insert(name).inserted {
                var status = stat()
                guard lstat("\(place)/\(name)", &status) == 0, !status.isWhiteout else { continue }
                names.append(name)
            }
        }
        return names.sorted()
    }

    func open(_ path: String) throws(RuntimeError) -> FileDescriptor {
        guard let (place, _) = try find(path) else { throw .system(stage: "open", errno: ENOENT, path: path) }
        do throws(Errno) {
            return try FileDescriptor.open(place, O_RDONLY | O_NOFOLLOW)
        } catch {
            throw .system(stage: "open", errno: error.code, path: path)
        }
    }

    /// The uppermost of its places.
    private func find(_ path: String) throws(RuntimeError) -> (place: String, status: stat)? {
        if path == "/" {
            var status = stat()
            guard let top = layers.first else { return nil }
            return lstat(top, &status) == 0 ? (top, status) : nil
        }
        let name = ImagePath.name(path)
        for directory in try directories(ImagePath.parent(path)) {
            let place = "\(directory)/\(name)"
            var status = stat()
            if lstat(place, &status) == 0 { return status.isWhiteout ? nil : (place, status) }
            if errno != ENOENT, errno != ENOTDIR { throw .system(stage: "read layer", errno: errno, path: path) }
        }
        return nil
    }

    /// The directories of the layers that together are the directory `path`; none if it is no directory.
    private func directories(_ path: String) throws(RuntimeError) -> [String] {
        if let known = merged[path] { return known }
        var found: [String] = []
        let name = ImagePath.name(path)
        for directory in try directories(ImagePath.parent(path)) {
            let place = "\(directory)/\(name)"
            var status = stat()
            if lstat(place, &status) != 0 {
                if errno == ENOENT || errno == ENOTDIR { continue }
                throw .system(stage: "read layer", errno: errno, path: path)
            }
            // What is no directory hides what is below it.
            guard status.st_mode & S_IFMT == S_IFDIR else { break }
            found.append(place)
            if kijabi_is_opaque(place) != 0 { break }
        }
        merged[path] = found
        return found
    }

    private static func target(_ place: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(place, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
    }
}

extension stat {
    fileprivate var isLink: Bool { st_mode & S_IFMT == S_IFLNK }
    /// How overlayfs marks what a layer has taken away.
    fileprivate var isWhiteout: Bool { st_mode & S_IFMT == S_IFCHR && st_rdev == 0 }
}

extension UnsafeMutablePointer<dirent> {
    /// Of an entry of a directory.
    var name: String {
        withUnsafeBytes(of: pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
