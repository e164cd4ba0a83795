import CLinux
import LinuxKernel

/// A process that the zygote has started.
struct RunningProcess: Sendable {
    /// By which the zygote knows it.
    let number: Int32
    /// As this process counts.
    let pid: Int32
    let pidfd: FileDescriptor
    /// The other side of its terminal, if it has one.
    let terminal: FileDescriptor?

    init(number: Int32, reply: Harbour.Reply) throws(Errno) {
        guard let pidfd = reply.descriptors.first else { throw Errno(71) }
        self.number = number
        self.pidfd = pidfd
        terminal = reply.descriptors.count > 1 ? reply.descriptors[1] : nil
        pid = ProcessFiles.pid(ofDescriptor: pidfd.number) ?? -1
    }

    /// Sends a signal; nothing happens if the process has ended.
    func signal(_ signal: Int32) throws(Errno) {
        do throws(Errno) {
            try checked { kijabi_pidfd_send_signal(pidfd.number, signal) }
        } catch {
            if error.code != 3 { throw error }  // ESRCH
        }
    }
}
