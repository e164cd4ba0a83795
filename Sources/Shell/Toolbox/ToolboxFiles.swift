import Commands
import ContainerRuntime
import Glibc
import Terminal

/// Files as a program in the toolbox sees them.
struct ToolboxFiles: FileAccess {
    let toolbox: Toolbox
    /// Bytes of a file that a command reads as a whole.
    private static let limit = 64 << 20

    func read(_ path: String, workingDirectory: String) async throws(FileAccessError) -> [UInt8] {
        let descriptor = try await open(path, workingDirectory, O_RDONLY)
        defer { close(descriptor) }
        // A named pipe may keep its reader waiting.
        let bytes = await InputStream(descriptor: descriptor).readAll(limit: Self.limit)
        if bytes.count > Self.limit { throw FileAccessError(path: path, errno: EFBIG) }
        return bytes
    }

    func list(_ path: String, workingDirectory: String) async throws(FileAccessError) -> [String] {
        let descriptor = try await open(path, workingDirectory, O_RDONLY | O_DIRECTORY)
        guard let directory = fdopendir(descriptor) else {
            close(descriptor)
            throw FileAccessError(path: path, errno: errno)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func isDirectory(_ path: String, workingDirectory: String) async -> Bool {
        guard let descriptor = try? await open(path, workingDirectory, FileAccessFlag.path | O_DIRECTORY) else {
            return false
        }
        close(descriptor)
        return true
    }

    func container() async throws(FileAccessError) -> String? {
        do throws(RuntimeError) {
            return try await toolbox.container()
        } catch {
            throw FileAccessError(path: "/", errno: Self.number(of: error))
        }
    }

    private func open(_ path: String, _ workingDirectory: String, _ flags: Int32) async throws(FileAccessError) -> Int32
    {
        try await open(path, flags: flags, mode: 0, workingDirectory: workingDirectory)
    }

    func open(
        _ path: String, flags: Int32, mode: UInt32, workingDirectory: String
    ) async throws(FileAccessError) -> Int32 {
        let absolute = path.hasPrefix("/") ? path : workingDirectory + "/" + path
        do throws(RuntimeError) {
            let id = try await toolbox.container()
            return try await toolbox.runtime.openFile(id, path: absolute, flags: flags | O_CLOEXEC, mode: mode)
        } catch {
            throw FileAccessError(path: path, errno: Self.number(of: error))
        }
    }

    private static func number(of error: RuntimeError) -> Int32 {
        if case .system(_, let errno, _) = error { errno } else { EIO }
    }
}

/// Flags of open(2) that the Glibc module does not show.
enum FileAccessFlag {
    /// `O_PATH`: a handle, not for reading.
    static let path: Int32 = 0o10_000_000
}
