import CLinux
import Glibc
import LinuxKernel

/// The file tree a virtual machine starts with: the layers of an image laid over each other, and the first process.
struct MachineRoot {
    /// The bytes in a memory file that nobody can change any more.
    let file: FileDescriptor
    let size: Int

    /// - Parameters:
    ///   - layers: directories of this machine's, the top one first.
    ///   - guest: the program `kijabi-guest`.
    static func assemble(layers: [String], guest: String) throws(MachineError) -> MachineRoot {
        var tree = LayerTree()
        for layer in layers.reversed() { try tree.lay(layer) }
        var archive = CpioArchive()
        let bareDirectories = ["dev", "proc", "sys", "root", "tmp", "etc"].filter { tree.files[$0] == nil }
        for name in bareDirectories {
            archive.add(.init(path: name, mode: S_IFDIR | (name == "tmp" ? 0o1777 : 0o755), identity: 0), [])
        }
        // What the first process has as standard input and output.
        archive.add(.init(path: "dev/console", mode: S_IFCHR | 0o600, identity: 0, device: (5, 1)), [])
        try tree.write(to: &archive)
        archive.add(.init(path: "init", mode: S_IFREG | 0o755, identity: 0), try bytes(of: guest))
        archive.finish()
        do throws(Errno) {
            let file = try MemoryFile.make("kijabi-vm-root", contents: archive.bytes)
            // QEMU opens it once more, perhaps as another user.
            try checked { fchmod(file.number, 0o444) }
            return MachineRoot(file: file, size: archive.bytes.count)
        } catch {
            throw .system(stage: "assemble the machine's files", errno: error.code, path: nil)
        }
    }

    static func bytes(of path: String) throws(MachineError) -> [UInt8] {
        do throws(Errno) {
            let file = try FileDescriptor.open(path, O_RDONLY | O_NOFOLLOW)
            var status = stat()
            try checked { fstat(file.number, &status) }
            var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
            var filled = 0
            while filled < bytes.count {
                let count = try checked {
                    bytes.withUnsafeMutableBytes {
                        read(file.number, $0.baseAddress?.advanced(by: filled), $0.count - filled)
                    }
                }
                if count == 0 { break }
                filled += count
            }
            bytes.removeLast(bytes.count - filled)
            return bytes
        } catch {
            throw .system(stage: "read", errno: error.code, path: path)
        }
    }
}
