import CLinux
import Glibc

/// Files that exist in memory only: memfd_create(2).
public enum MemoryFile {
    /// A file with these contents, close-on-exec.
    /// - Parameter name: as /proc/PID/fd shows it.
    public static func make(_ name: String, contents: [UInt8] = []) throws(Errno) -> FileDescriptor {
        let file = FileDescriptor(owning: try checked { kijabi_memfd_create(name, UInt32(1)) })
        var written = 0
        while written < contents.count {
            written += try checked {
                contents.withUnsafeBytes { bytes in
                    pwrite(file.number, bytes.baseAddress?.advanced(by: written), bytes.count - written, off_t(written))
                }
            }
        }
        return file
    }
}
