import ContainerRuntime
import Glibc
import LinuxKernel
import OCI

/// Keeps a layer or a volume in the store while this value lives, against every process that removes such.
struct StoreHold: Sendable {
    private let file: FileDescriptor

    /// - Parameters:
    ///   - path: a file for this alone, made where it is missing.
    ///   - exclusive: nobody else holds it, and nobody will until it is let go; nil where somebody does.
    ///   - waits: for the end of who holds it exclusively, instead of nil.
    init?(_ path: String, exclusive: Bool, waits: Bool = true) throws(RuntimeError) {
        let operation = exclusive ? LOCK_EX | LOCK_NB : waits ? LOCK_SH : LOCK_SH | LOCK_NB
        while true {
            let file = try ImageStaging.open(path, O_RDONLY | O_CREAT)
            while flock(file.number, operation) != 0 {
                if errno == EWOULDBLOCK { return nil }
                if errno != EINTR { throw .system(stage: "flock", errno: errno, path: path) }
            }
            // Who removed what is held removed this file too, before it was locked here.
            var locked = stat()
            var named = stat()
            if fstat(file.number, &locked) == 0, stat(path, &named) == 0, locked.st_ino == named.st_ino {
                self.file = file
                return
            }
        }
    }

    /// Another process holds it. Only looks, so that nobody who wants to hold it meanwhile is turned away: proc_locks(5).
    static func isHeldElsewhere(_ path: String) throws(RuntimeError) -> Bool {
        var named = stat()
        guard stat(path, &named) == 0 else { return false }
        let locks: [UInt8]
        do throws(Errno) {
            locks = try ProcessFiles.read("/proc/locks")
        } catch {
            throw .system(stage: "read", errno: error.code, path: "/proc/locks")
        }
        // `7: FLOCK  ADVISORY  READ 4711 08:01:131073 0 EOF`; the numbers of devices are not those of stat(2) everywhere.
        return locks.split(separator: UInt8(ascii: "\n")).contains { line in
            let words = String(decoding: line, as: UTF8.self).split(separator: " ")
            return words.count > 5 && words[1] == "FLOCK" && words[4] != "\(getpid())"
                && words[5].hasSuffix(":\(named.st_ino)")
        }
    }
}
