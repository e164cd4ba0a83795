import Commands
import Glibc
import Terminal

/// Files of this machine, for kijabi's own command line.
struct LocalFiles: FileAccess {
    /// Bytes of a file that is read as a whole.
    private static let limit = 64 << 20

    func read(_ path: String, workingDirectory: String) async throws(FileAccessError) -> [UInt8] {
        let descriptor = Glibc.open(absolute(path, workingDirectory), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileAccessError(path: path, errno: errno) }
        defer { close(descriptor) }
        guard await !isDirectory(path, workingDirectory: workingDirectory) else {
            throw FileAccessError(path: path, errno: EISDIR)
        }
        let bytes = await InputStream(descriptor: descriptor).readAll(limit: Self.limit)
        if bytes.count > Self.limit { throw FileAccessError(path: path, errno: EFBIG) }
        return bytes
    }

    func list(_ path: String, workingDirectory: String) async throws(FileAccessError) -> [String] {
        guard let directory = opendir(absolute(path, workingDirectory)) else {
            throw FileAccessError(path: path, errno: errno)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
    }

    func isDirectory(_ path: String, workingDirectory: String) async -> Bool {
        var status = stat()
        return stat(absolute(path, workingDirectory), &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    func open(
        _ path: String, flags: Int32, mode: UInt32, workingDirectory: String
    ) async throws(FileAccessError) -> Int32 {
        let descriptor = Glibc.open(absolute(path, workingDirectory), flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileAccessError(path: path, errno: errno) }
        return descriptor
    }

    private func absolute(_ path: String, _ workingDirectory: String) -> String {
        path.hasPrefix("/") ? path : workingDirectory + "/" + path
    }
}
