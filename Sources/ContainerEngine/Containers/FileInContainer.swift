import CLinux
import Glibc
import LinuxKernel

/// A file that a process outside opens as a container sees it.
struct FileInContainer {
    /// The container's, as it appears in /proc.
    let root: FileDescriptor
    let path: String
    let flags: Int32
    let mode: UInt32

    /// The calling thread must be the engine's own; nothing is awaited until it is itself again.
    func open(as user: UInt32) throws(Errno) -> Int32 {
        kijabi_open_files_as(user, user)
        defer { kijabi_open_files_as(geteuid(), getegid()) }
        return try open()
    }

    /// Opens it whatever its permissions are, but not what the kernel makes up (/proc, /sys).
    func openUnlessKernels() throws(Errno) -> Int32 {
        let descriptor = try open()
        // PROC_SUPER_MAGIC, SYSFS_MAGIC
        if ![-1, 0x9fa0, 0x6265_6572].contains(kijabi_file_system(descriptor)) { return descriptor }
        close(descriptor)
        throw Errno(EACCES)
    }

    /// No symbolic link leads out of the root, nor a link of /proc to somebody's descriptor.
    func open() throws(Errno) -> Int32 {
        let inRoot: UInt64 = 0x10 | 0x02  // RESOLVE_IN_ROOT, RESOLVE_NO_MAGICLINKS
        let isHandle = flags & FileDescriptor.pathOnly != 0
        // A named pipe without a writer must not hold up the caller. Whoever reads it has to poll(2) first.
        let calm = flags | O_CLOEXEC | (isHandle ? 0 : O_NONBLOCK | O_NOCTTY)
        // openat2 refuses a mode where nothing can be made.
        let mode = flags & O_CREAT == 0 ? 0 : UInt64(mode)
        let descriptor = try checked {
            kijabi_openat2(root.number, path, UInt64(UInt32(bitPattern: calm)), mode, inRoot)
        }
        if !isHandle, flags & O_NONBLOCK == 0, !isPipe(descriptor) { kijabi_set_nonblocking(descriptor, 0) }
        return descriptor
    }

    private func isPipe(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }
}
