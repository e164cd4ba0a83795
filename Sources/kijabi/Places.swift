import CLinux
import ContainerEngine
import Glibc

/// Where kijabi finds and keeps things (XDG Base Directory Specification).
struct Places {
    let environment: [String: String]

    /// The directory of this program and its helpers.
    static var programDirectory: String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer[..<max(count, 0)], as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    /// Images and volumes.
    var data: String {
        let path = directory("XDG_DATA_HOME", ".local/share")
        // Containers' root, which is another user where kijabi runs as root, has to reach the images.
        chmod(path, 0o755)
        return path
    }
    /// What people set, passwords of registries among it; made when there is something to set.
    var settings: String { place("XDG_CONFIG_HOME", ".config") }
    /// Progress, history, journal.
    var state: String { directory("XDG_STATE_HOME", ".local/state") }

    /// Sockets, and what ends with a process: a directory that nobody else can enter or exchange, in memory where that will
    /// do. In a public place anybody could have made one of our name first; then it is one in the learner's own place.
    var runtime: String {
        var candidates = ["/dev/shm/kijabi-\(geteuid())", "/tmp/kijabi-\(geteuid())"]
        if let given = environment["XDG_RUNTIME_DIR"], given.hasPrefix("/"), Self.isOwn(given), access(given, W_OK) == 0
        {
            candidates.insert(given + "/kijabi", at: 0)
        }
        for path in candidates {
            mkdir(path, 0o700)
            // It is ours, and in a directory where nobody else may exchange it.
            guard Self.isOwn(path), chmod(path, 0o700) == 0 else { continue }
            // The upper layers of containers may have to lie there (overlay's `userxattr`): a tmpfs has these since Linux 6.6.
            if kijabi_takes_user_attributes(path) != 0 { return path }
        }
        let own = state + "/run"
        Self.make(own)
        chmod(own, 0o700)
        return own
    }

    /// Whether this is a directory of this user's, not a link to one.
    private static func isOwn(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
    }

    /// Where the engine finds its things.
    var engine: EngineConfiguration {
        var engine = EngineConfiguration(
            dataDirectory: data, runDirectory: runtime, programDirectory: Self.programDirectory)
        engine.registries = RegistrySettings(directory: settings + "/docker", environment: environment)
        return engine
    }

    /// Makes a directory and those above it, for their owner only.
    static func make(_ path: String) {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            mkdir(made, 0o700)
        }
    }

    /// Removes what processes that are gone have left in the runtime directory.
    func removeStaleRuntimeDirectories() {
        let base = runtime
        guard let directory = opendir(base) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix("shell-"), let pid = Int32(name.dropFirst(6)), kill(pid, 0) != 0, errno == ESRCH else {
                continue
            }
            Self.remove(base + "/" + name)
        }
    }

    /// Removes a directory and what is in it.
    static func remove(_ path: String) {
        guard let directory = opendir(path) else {
            unlink(path)
            return
        }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            let child = path + "/" + name
            // A link is removed, never followed.
            if unlink(child) != 0, errno == EISDIR || errno == EPERM { remove(child) }
        }
        closedir(directory)
        rmdir(path)
    }

    /// The directory of lessons or transcripts: the one given, beside the program, in the current directory, or where
    /// it was installed.
    func collection(_ name: String, given: String?) -> String? {
        if let given { return given }
        let program = Self.programDirectory
        var candidates = [program + "/" + name]
        // A build in the source tree: .build/debug/kijabi
        candidates += [
            program + "/../../../" + name, program + "/../../" + name, name, program + "/../share/kijabi/" + name,
        ]
        return candidates.first { access($0, R_OK) == 0 }
    }

    /// Of the account, for when the environment does not say.
    private static var homeDirectory: String {
        guard let account = getpwuid(geteuid()), let home = account.pointee.pw_dir else { return "/" }
        return String(cString: home)
    }

    private func directory(_ variable: String, _ fallback: String) -> String {
        let path = place(variable, fallback)
        Self.make(path)
        return path
    }

    private func place(_ variable: String, _ fallback: String) -> String {
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? Self.homeDirectory
        let base = environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/" + fallback
        return base + "/kijabi"
    }
}
