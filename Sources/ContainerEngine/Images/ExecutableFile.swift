import ContainerRuntime
import Glibc

/// A program of this machine that can be put into an image.
struct ExecutableFile: Sendable, Hashable {
    let path: String
    let size: Int
    /// Seconds since 1970.
    let modificationTime: Int
    /// Changes with the file's content, for all that matters here: device, inode, size and time.
    let fingerprint: String

    /// The executable regular file at `path` (symbolic links are followed), or nil.
    init?(path: String) {
        var information = stat()
        guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 else {
            return nil
        }
        self.path = path
        size = information.st_size
        modificationTime = information.st_mtim.tv_sec
        fingerprint =
            "\(information.st_dev):\(information.st_ino):\(information.st_size):"
            + "\(information.st_mtim.tv_sec).\(information.st_mtim.tv_nsec)"
    }

    /// Whether it runs without a dynamic linker: an ELF file without a `PT_INTERP` program header (elf(5)).
    func isStaticallyLinked() throws(RuntimeError) -> Bool {
        let file = try StoredFile(reading: path)
        var start = [UInt8](repeating: 0, count: 4096)
        let count = try file.read(into: &start, atMost: start.count)
        return Self.isStaticallyLinked(Array(start[..<count]))
    }

    /// - Parameter start: the first bytes of a file, with its program headers.
    static func isStaticallyLinked(_ start: [UInt8]) -> Bool {
        // 64 bits, little endian: what every machine has that this program is built for.
        guard start.count >= 64, start.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else { return false }
        func number(_ offset: Int, _ length: Int) -> Int {
            (0..<length).reduce(0) { $0 | Int(start[offset + $1]) << (8 * $1) }
        }
        let headers = number(0x20, 4)
        let entrySize = number(0x36, 2)
        let entries = number(0x38, 2)
        let interpreter = 3
        guard entrySize >= 4, headers + entries * entrySize <= start.count else { return false }
        return !(0..<entries).contains { number(headers + $0 * entrySize, 4) == interpreter }
    }

    /// What the program prints on its standard output when it is run with `arguments`.
    func output(_ arguments: [String]) throws(RuntimeError) -> String {
        var ends: [Int32] = [-1, -1]
        // A pair of sockets, because Glibc's pipe cannot close on exec.
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw .system(stage: "socketpair", errno: errno, path: nil)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var vector: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for argument in vector { free(argument) } }
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        var process = pid_t()
        let result = posix_spawn(&process, path, &actions, nil, &vector, &environment)
        close(ends[1])
        defer { close(ends[0]) }
        guard result == 0 else { throw .system(stage: "spawn", errno: result, path: path) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = read(ends[0], &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            text += buffer[..<count]
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return String(decoding: text, as: UTF8.self)
    }
}
