import ContainerRuntime
import Glibc
import LinuxKernel
import OCI

/// The digest of what is in a file that is to be copied.
enum ContentDigest {
    /// Empty for what has no content of its own.
    static func of(_ entry: LayerEntry, _ files: any FileSource) throws(RuntimeError) -> String {
        switch entry.content {
        case .directory, .link, .hardLink: return ""
        case .bytes(let bytes): return Digest(of: bytes).hex
        case .file(_, let path, _, _):
            let file = try files.open(path)
            var hash = SHA256()
            var buffer = [UInt8](repeating: 0, count: 1 << 18)
            while true {
                let count = read(file.number, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw .system(stage: "read", errno: errno, path: path) }
                if count == 0 { return hash.finish().hex }
                buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            }
        }
    }
}

/// Archives by their first bytes, as ADD knows them.
enum ArchiveKind {
    private static let marks: [[UInt8]] = [
        [0x1F, 0x8B], Array("BZh".utf8), [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], [0x28, 0xB5, 0x2F, 0xFD],
    ]

    static func isArchive(_ file: FileDescriptor) -> Bool {
        var start = [UInt8](repeating: 0, count: 512)
        let count = pread(file.number, &start, start.count, 0)
        guard count > 2 else { return false }
        let bytes = start[..<count]
        return marks.contains { bytes.starts(with: $0) }
            || count >= 262 && Array(bytes[257..<262]) == Array("ustar".utf8)
    }
}
