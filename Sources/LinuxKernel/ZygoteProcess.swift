import CLinux
import Glibc

/// The running zygote program and this side's ends of its two sockets.
public struct ZygoteProcess: Sendable {
    public let pid: Int32
    /// To the harbour's first process.
    public let control: FileDescriptor
    /// To the janitor. Its end is what tells the janitor that this process has gone.
    public let lifeline: FileDescriptor

    /// Starts the program. Best as the first statement of a process, while it is small and has one thread.
    /// - Throws: e.g. `ENOENT` if there is no such program.
    public init(program: String) throws(Errno) {
        let started = kijabi_zygote_spawn(program)
        if started.pid < 0 { throw Errno(-started.pid) }
        pid = started.pid
        control = FileDescriptor(owning: started.control)
        lifeline = FileDescriptor(owning: started.lifeline)
    }
}
