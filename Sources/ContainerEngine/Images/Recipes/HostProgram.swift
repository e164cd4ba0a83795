import ContainerRuntime
import Glibc

/// A program of this machine's that helps to make an image. It ends with the caller, however that ends.
struct HostProgram {
    let path: String
    var directory = "/"

    static func exists(_ path: String) -> Bool { access(path, X_OK) == 0 }

    /// Runs the program to its end; a cancelled task kills it.
    /// - Parameter tick: called several times a second meanwhile.
    /// - Returns: its exit status (128 + n after signal n), and what it wrote.
    /// - Throws: `.system` with `ECANCELED` when it was cancelled.
    func run(
        _ arguments: [String], tick: () -> Void = {}
    ) throws(RuntimeError) -> (status: Int32, output: String, error: String) {
        var output: [Int32] = [-1, -1]
        var error: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &output) == 0 else {
            throw .system(stage: "socketpair", errno: errno, path: nil)
        }
        defer { close(output[0]) }
        guard socketpair(AF_UNIX, type, 0, &error) == 0 else {
            close(output[1])
            throw .system(stage: "socketpair", errno: errno, path: nil)
        }
        defer { close(error[0]) }
        let process = try spawn(arguments, output: output[1], error: error[1])
        var texts: ([UInt8], [UInt8]) = ([], [])
        var polled = [
            pollfd(fd: output[0], events: Int16(POLLIN), revents: 0),
            pollfd(fd: error[0], events: Int16(POLLIN), revents: 0),
        ]
        var wasCancelled = false
        while polled.contains(where: { $0.fd >= 0 }) {
            poll(&polled, 2, 200)
            if Task.isCancelled, !wasCancelled {
                wasCancelled = true
                kill(-process, SIGKILL)
            }
            tick()
            if polled[0].revents != 0, !Self.read(output[0], into: &texts.0) { polled[0].fd = -1 }
            if polled[1].revents != 0, !Self.read(error[0], into: &texts.1) { polled[1].fd = -1 }
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        if wasCancelled { throw .system(stage: "make image", errno: ECANCELED, path: nil) }
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        return (code, String(decoding: texts.0, as: UTF8.self), String(decoding: texts.1, as: UTF8.self))
    }

    private static func read(_ descriptor: Int32, into text: inout [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count > 0 { text += buffer[..<count] }
        return count > 0 || (count < 0 && errno == EINTR)
    }

    /// Starts it as the first of a process group.
    private func spawn(_ arguments: [String], output: Int32, error: Int32) throws(RuntimeError) -> pid_t {
        defer {
            close(output)
            close(error)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, error, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        // posix_spawn cannot ask for the signal that comes with the parent's end; setpriv can.
        let guardian = "/usr/bin/setpriv"
        let prefix = Self.exists(guardian) ? [guardian, "--pdeathsig", "KILL", "--"] : []
        let command = prefix + ["/usr/bin/env", "--chdir=\(directory)", path] + arguments
        var vector: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for argument in vector { free(argument) } }
        var environment = Self.environment()
        defer { for entry in environment { free(entry) } }
        var process = pid_t()
        let result = posix_spawn(&process, command[0], &actions, &attributes, &vector, &environment)
        guard result == 0 else { throw .system(stage: "spawn", errno: result, path: path) }
        return process
    }

    /// This machine's way to the network, and messages that can be read by a program.
    private static func environment() -> [UnsafeMutablePointer<CChar>?] {
        let kept = ["HOME", "TMPDIR", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]
        var entries = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]
        for name in kept { if let value = getenv(name) { entries.append("\(name)=\(String(cString: value))") } }
        return entries.map { strdup($0) } + [nil]
    }
}
