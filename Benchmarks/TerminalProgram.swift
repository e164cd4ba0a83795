import CEditline
import Glibc
import LinuxKernel

/// kijabi itself on a pseudo-terminal, as a person starts it: fresh history and progress, the images that are there.
final class TerminalProgram: Sendable {
    let pid: pid_t
    /// When it was started, on `Stopwatch`'s clock.
    let startedAt: Double
    private let leader: FileDescriptor
    private let directory: ScratchDirectory

    /// The prompt of cell `number`, as far as it is the same everywhere.
    static func prompt(_ number: Int) -> String { "[\(number)] kijabi" }

    init(_ house: BenchHouse) throws {
        directory = try ScratchDirectory(parent: house.environment["TMPDIR"] ?? "/tmp")
        var ends: (leader: Int32, follower: Int32) = (-1, -1)
        guard ce_open_terminal_pair(&ends.leader, &ends.follower) == 0 else {
            directory.remove()
            throw BenchmarkError("no pseudo-terminal: \(String(cString: strerror(errno)))")
        }
        leader = FileDescriptor(owning: ends.leader)
        let follower = FileDescriptor(owning: ends.follower)
        let terminal = "/proc/self/fd/\(follower.number)"
        var size = winsize(ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(leader.number, UInt(TIOCSWINSZ), &size)
        var environment = house.environment.filter { ["HOME", "PATH", "XDG_DATA_HOME"].contains($0.key) }
        environment.merge(
            [
                "TERM": "xterm-256color", "NO_COLOR": "1", "LANG": "C.UTF-8", "KIJABI_LANG": "en",
                "XDG_STATE_HOME": directory.path, "XDG_RUNTIME_DIR": directory.path,
            ], uniquingKeysWith: { $1 })
        startedAt = Stopwatch.now
        pid = try Self.spawn(house.program, environment, terminal: terminal, keeping: follower)
    }

    /// The terminal becomes the controlling one because a session's leader opens it, tty_ioctl(4).
    private static func spawn(
        _ program: String, _ environment: [String: String], terminal: String, keeping follower: FileDescriptor
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // This process's signals may be blocked or ignored; a shell's child begins without that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | Int16(0x80) /* POSIX_SPAWN_SETSID */)
        let arguments = CStringVector(["kijabi"])
        let variables = CStringVector(environment.map { "\($0.key)=\($0.value)" })
        var pid: pid_t = 0
        let failure = withExtendedLifetime(follower) {
            posix_spawn(&pid, program, &actions, &attributes, arguments.pointers, variables.pointers)
        }
        guard failure == 0 else { throw BenchmarkError("\(program): \(String(cString: strerror(failure)))") }
        return pid
    }

    /// Types `text` and reads until `isEnough` says so of all that was read since.
    /// - Returns: milliseconds between the first key and that.
    @discardableResult
    func type(
        _ text: String, within limit: Double = 30_000, until isEnough: @escaping @Sendable (String) -> Bool
    ) async throws -> Double {
        let leader = leader
        let outcome = await KernelThread.run("bench-terminal") { () -> Result<Double, BenchmarkError> in
            let watch = Stopwatch()
            var keys = Array(text.utf8)
            if !keys.isEmpty, Glibc.write(leader.number, &keys, keys.count) != keys.count {
                return .failure(BenchmarkError("the shell takes no keys"))
            }
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                var waiting = pollfd(fd: leader.number, events: Int16(POLLIN), revents: 0)
                let rest = limit - watch.elapsed
                if rest <= 0 || poll(&waiting, 1, Int32(rest) + 1) == 0 {
                    return .failure(BenchmarkError("no answer in \(Int(limit)) ms; there was: \(Self.tail(bytes))"))
                }
                let count = read(leader.number, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return .failure(BenchmarkError("the shell has ended: \(Self.tail(bytes))")) }
                let now = watch.elapsed
                // A carriage return and a newline would be one character, and no newline.
                bytes.append(contentsOf: buffer[..<count].filter { $0 != UInt8(ascii: "\r") })
                if isEnough(String(decoding: bytes, as: UTF8.self)) { return .success(now) }
            }
        }
        return try outcome.get()
    }

    /// Whether the kernel writes keys to the screen, and not the line editor.
    var isEchoedByKernel: Bool {
        var settings = termios()
        return tcgetattr(leader.number, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    private static func tail(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.suffix(400), as: UTF8.self)
    }

    /// Hangs up, waits until it has gone, and removes its files.
    func close() async {
        let (pid, leader, directory) = (pid, leader, directory)
        await KernelThread.run("bench-terminal") {
            // Ctrl-U, then Ctrl-D: what an empty line and the end of input do.
            var keys: [UInt8] = [0x15, 0x04]
            _ = Glibc.write(leader.number, &keys, keys.count)
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let watch = Stopwatch()
            var status: Int32 = 0
            while waitpid(pid, &status, WNOHANG) == 0 {
                var waiting = pollfd(fd: leader.number, events: Int16(POLLIN), revents: 0)
                if poll(&waiting, 1, 20) > 0 { _ = read(leader.number, &buffer, buffer.count) }
                if watch.elapsed > 5000 { kill(pid, SIGKILL) }
            }
            directory.remove()
        }
    }
}
