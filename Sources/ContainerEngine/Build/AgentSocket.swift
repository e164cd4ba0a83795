import ContainerRuntime
import Glibc
import LinuxKernel

/// A socket that leads to another one on this machine, for a container whose user may not open that: an ssh-agent's. It
/// ends with this value; what is being said then is said to its end.
final class AgentSocket: Sendable {
    private let listener: FileDescriptor

    /// - Parameters:
    ///   - path: where it is made.
    ///   - agent: where it leads.
    init(at path: String, agent: String) throws(RuntimeError) {
        let listener = FileDescriptor(owning: socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | 0o2_000_000, 0))
        guard listener.number >= 0,
            Self.withAddress(path, { bind(listener.number, $0, $1) }) == 0, listen(listener.number, 16) == 0
        else { throw .system(stage: "listen", errno: errno, path: path) }
        self.listener = listener
        Task.detached {
            await KernelThread.run("ssh-agent") { Self.accept(listener, agent) }
        }
    }

    deinit { shutdown(listener.number, Int32(SHUT_RDWR)) }

    private static func accept(_ listener: FileDescriptor, _ agent: String) {
        while true {
            let number = Glibc.accept(listener.number, nil, nil)
            if number < 0, errno == EINTR || errno == ECONNABORTED { continue }
            guard number >= 0 else { return }
            let client = FileDescriptor(owning: number)
            let server = FileDescriptor(owning: socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | 0o2_000_000, 0))
            guard server.number >= 0, withAddress(agent, { connect(server.number, $0, $1) }) == 0 else { continue }
            for (from, to) in [(client, server), (server, client)] {
                Task.detached { await KernelThread.run("ssh-agent") { copy(from, to) } }
            }
        }
    }

    private static func copy(_ source: FileDescriptor, _ sink: FileDescriptor) {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = read(source.number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0, buffer.withUnsafeBytes({ send(sink.number, $0.baseAddress, count, 0x4000) }) == count
            else {
                break
            }
        }
        shutdown(sink.number, Int32(SHUT_WR))
        shutdown(source.number, Int32(SHUT_RD))
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { field in
            guard path.utf8.count < field.count else { return false }
            field.copyBytes(from: path.utf8)
            return true
        }
        guard fits else {
            errno = ENAMETOOLONG
            return -1
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
