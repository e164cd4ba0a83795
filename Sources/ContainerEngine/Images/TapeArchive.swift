import ContainerRuntime
import Glibc
import LinuxKernel
import OCI

/// The tar stream of a layer (POSIX.1-1988 ustar; OCI image-spec, layer.md): hashed, so that the layer's digest is the one
/// any other tool computes for the same tar, and written to a file for those who save or push the image.
struct TapeArchive {
    /// Bytes that were handed over so far.
    private(set) var size = 0
    private var hash = SHA256()
    private let file: FileDescriptor?
    private var unwritten: [UInt8] = []
    /// The first error of the file, errno.
    private var failure: Int32 = 0

    init(file: FileDescriptor? = nil) {
        self.file = file
    }

    enum EntryType: UInt8 {
        case file = 0x30  // '0'
        case hardLink = 0x31
        case symbolicLink = 0x32
        case directory = 0x35
    }

    /// Writes the header of `entry`. The caller then hands over its bytes, if it has any, and calls `pad`.
    /// - Returns: false if a name does not fit the format: 100 bytes, and 155 more for the directories of a path.
    mutating func header(_ entry: LayerContent.Entry, size: Int, modificationTime: Int) -> Bool {
        var block = [UInt8](repeating: 0, count: 512)
        let (type, link): (EntryType, String) =
            switch entry.kind {
            case .directory: (.directory, "")
            case .file, .hostFile: (.file, "")
            case .symbolicLink(let target): (.symbolicLink, target)
            case .hardLink(let target): (.hardLink, target)
            }
        guard link.utf8.count <= 100 else { return false }
        var name = (type == .directory ? entry.path + "/" : entry.path)[...]
        if name.utf8.count > 100 {
            // At the first slash that leaves a short enough rest.
            let slashes = name.dropLast().indices.filter { name[$0] == "/" }
            guard let slash = slashes.first(where: { name[$0...].utf8.count <= 101 }), name[..<slash].utf8.count <= 155
            else { return false }
            put(String(name[..<slash]), at: 345, in: &block)
            name = name[slash...].dropFirst()
        }
        put(String(name), at: 0, in: &block)
        putOctal(Int(entry.mode), digits: 7, at: 100, in: &block)
        putOctal(Int(entry.user), digits: 7, at: 108, in: &block)
        putOctal(Int(entry.group), digits: 7, at: 116, in: &block)
        putOctal(size, digits: 11, at: 124, in: &block)
        putOctal(modificationTime, digits: 11, at: 136, in: &block)
        block[156] = type.rawValue
        put(link, at: 157, in: &block)
        put("ustar", at: 257, in: &block)
        put("00", at: 263, in: &block)
        // Device numbers mean nothing here; GNU tar writes them as zeros too.
        putOctal(0, digits: 7, at: 329, in: &block)
        putOctal(0, digits: 7, at: 337, in: &block)
        // The sum counts its own field as spaces.
        let sum = block.reduce(8 * 0x20) { $0 + Int($1) }
        putOctal(sum, digits: 6, at: 148, in: &block)
        block[155] = 0x20
        write(block)
        return true
    }

    mutating func write(_ bytes: [UInt8]) {
        hash.update(bytes)
        size += bytes.count
        guard file != nil else { return }
        unwritten += bytes
        if unwritten.count >= 1 << 18 { flush() }
    }

    private mutating func flush() {
        var rest = unwritten[...]
        while let file, !rest.isEmpty, failure == 0 {
            let count = rest.withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) }
            if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR { failure = errno }
        }
        unwritten.removeAll(keepingCapacity: true)
    }

    /// Fills the block that the bytes of a file began.
    mutating func pad() {
        if size % 512 != 0 { write([UInt8](repeating: 0, count: 512 - size % 512)) }
    }

    /// Two empty blocks end the stream.
    mutating func finish() throws(RuntimeError) -> Digest {
        write([UInt8](repeating: 0, count: 1024))
        flush()
        if failure == 0, let file, fsync(file.number) != 0 { failure = errno }
        if failure != 0 { throw .system(stage: "write", errno: failure, path: nil) }
        return hash.finish()
    }

    private func put(_ text: String, at offset: Int, in block: inout [UInt8]) {
        block.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
    }

    private func putOctal(_ value: Int, digits: Int, at offset: Int, in block: inout [UInt8]) {
        let text = String(value, radix: 8)
        put(String(repeating: "0", count: max(0, digits - text.utf8.count)) + text, at: offset, in: &block)
    }
}
