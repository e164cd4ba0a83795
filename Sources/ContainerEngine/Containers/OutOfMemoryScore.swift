import CLinux
import ContainerRuntime
import Glibc
import LinuxKernel

/// How likely the kernel is to choose a process where memory ends: proc_pid_oom_score_adj(5). A process has it before it
/// executes its program, which could look otherwise.
enum OutOfMemoryScore {
    /// - Parameter score: nil leaves it as it is inherited.
    static func add(_ score: Int?, to contents: inout ZygoteMessage) throws(RuntimeError) {
        guard let score else { return }
        var wanted = zygote_oom_score(score: Int32(score), descriptor: -1)
        if geteuid() == 0 { wanted.descriptor = contents.add(try gate(score)) }
        withUnsafeBytes(of: wanted) { contents.add(ZYGOTE_OOM_SCORE, bytes: $0) }
    }

    /// Root of this machine may lower it, but root of the harbour may not. So a process that is about to execute asks for
    /// it.
    /// - Returns: the end of a socket at which it does.
    private static func gate(_ score: Int) throws(RuntimeError) -> FileDescriptor {
        do throws(Errno) {
            let pair = try SocketPair(type: Int32(SOCK_SEQPACKET.rawValue))
            var enabled: Int32 = 1
            try checked {
                setsockopt(
                    pair.first.number, SOL_SOCKET, SO_PASSCRED, &enabled, socklen_t(MemoryLayout<Int32>.size))
            }
            let (own, other) = (pair.first, pair.second)
            // It ends with the connection, when everybody has closed the other end.
            KernelThread.start("oom-score") { answer(own, score) }
            return other
        } catch {
            throw .system(stage: "set oom score adjustment", errno: error.code, path: nil)
        }
    }

    private static func answer(_ socket: FileDescriptor, _ score: Int) {
        let pid = kijabi_receive_sender(socket.number)
        guard pid > 0 else { return }
        var result: Int32 = 0
        do throws(Errno) {
            let file = try FileDescriptor.open("/proc/\(pid)/oom_score_adj", O_WRONLY)
            var text = "\(score)"
            try checked { text.withUTF8 { Glibc.write(file.number, $0.baseAddress, $0.count) } }
        } catch {
            result = error.code
        }
        try? socket.send(withUnsafeBytes(of: result) { Array($0) })
    }
}
