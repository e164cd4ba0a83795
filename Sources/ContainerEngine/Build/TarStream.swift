import ContainerRuntime
import Glibc
import LinuxKernel

/// Writes entries as a tar stream (POSIX.1-2001: ustar, with pax headers where a value does not fit), the same bytes for
/// the same entries.
struct TarStream: ~Copyable {
    private let output: FileDescriptor
    private var buffer: [UInt8] = []
    private static let bufferSize = 1 << 18

    init(output: FileDescriptor) {
        self.output = output
        buffer.reserveCapacity(Self.bufferSize + 1024)
    }

    /// - Parameter open: gives the content of a file.
    mutating func write(
        _ entry: LayerEntry, open: (_ source: Int, _ path: String) throws(RuntimeError) -> FileDescriptor
    ) throws(RuntimeError) {
        switch entry.content {
        case .directory: try header(entry, type: UInt8(ascii: "5"), size: 0, link: "")
        case .link(let target): try header(entry, type: UInt8(ascii: "2"), size: 0, link: target)
        case .bytes(let bytes):
            try header(entry, type: UInt8(ascii: "0"), size: bytes.count, link: "")
            try write(bytes)
            try pad(bytes.count)
        case .hardLink(let target): try header(entry, type: UInt8(ascii: "1"), size: 0, link: target)
        case .file(let source, let path, let size, let mark):
            let file = try open(source, path)
            try header(entry, type: UInt8(ascii: "0"), size: size, link: "")
            try copy(file, size: size, path: path)
            try pad(size)
            // What was hashed must be what was copied, or another build would be given the wrong files.
            var status = stat()
            guard fstat(file.number, &status) == 0, FileNode(status, target: nil, owners: .same).mark == mark else {
                throw .system(stage: "file changed while it was read", errno: EAGAIN, path: path)
            }
        }
    }

    /// Two empty blocks end the stream.
    mutating func finish() throws(RuntimeError) {
        try write([UInt8](repeating: 0, count: 1024))
        try flush()
    }

    // MARK: Headers

    private mutating func header(_ entry: LayerEntry, type: UInt8, size: Int, link: String) throws(RuntimeError) {
        let name = type == UInt8(ascii: "5") ? entry.path + "/" : entry.path
        var records: [(String, String)] = []
        if name.utf8.count > 100 || !name.utf8.allSatisfy({ $0 < 0x80 }) { records.append(("path", name)) }
        if link.utf8.count > 100 || !link.utf8.allSatisfy({ $0 < 0x80 }) { records.append(("linkpath", link)) }
        if size >= 1 << 33 { records.append(("size", String(size))) }
        if entry.user >= 1 << 21 { records.append(("uid", String(entry.user))) }
        if entry.group >= 1 << 21 { records.append(("gid", String(entry.group))) }
        if entry.modificationTime < 0 || entry.modificationTime >= 1 << 33 {
            records.append(("mtime", String(entry.modificationTime)))
        }
        if !records.isEmpty {
            let body = records.map(Self.record).joined()
            try block("PaxHeader/" + String(name.suffix(40)), UInt8(ascii: "x"), size: body.utf8.count, entry, link: "")
            try write(Array(body.utf8))
            try pad(body.utf8.count)
        }
        try block(name, type, size: size, entry, link: link)
    }

    /// `LENGTH KEY=VALUE\n`, where the length counts itself.
    private static func record(_ key: String, _ value: String) -> String {
        let rest = key.utf8.count + value.utf8.count + 3
        var length = rest
        while String(length).utf8.count + rest != length { length = String(length).utf8.count + rest }
        return "\(length) \(key)=\(value)\n"
    }

    private mutating func block(
        _ name: String, _ type: UInt8, size: Int, _ entry: LayerEntry, link: String
    ) throws(RuntimeError) {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, _ offset: Int, _ room: Int) {
            for (index, byte) in text.utf8.prefix(room).enumerated() { block[offset + index] = byte }
        }
        func number(_ value: Int, _ offset: Int, _ digits: Int) {
            let text = String(max(0, min(value, 1 << (3 * digits) - 1)), radix: 8)
            put(String(repeating: "0", count: digits - text.utf8.count) + text, offset, digits)
        }
        put(name, 0, 100)
        number(Int(entry.mode), 100, 7)
        number(Int(entry.user), 108, 7)
        number(Int(entry.group), 116, 7)
        number(size, 124, 11)
        number(entry.modificationTime, 136, 11)
        block[156] = type
        put(link, 157, 100)
        put("ustar", 257, 5)
        put("00", 263, 2)
        number(0, 329, 7)
        number(0, 337, 7)
        // The sum counts its own field as spaces.
        number(block.reduce(8 * 0x20) { $0 + Int($1) }, 148, 6)
        block[155] = 0x20
        try write(block)
    }

    // MARK: Bytes

    private mutating func copy(_ file: FileDescriptor, size: Int, path: String) throws(RuntimeError) {
        try flush()
        var rest = size
        var piece = [UInt8](repeating: 0, count: Self.bufferSize)
        while rest > 0 {
            let count = read(file.number, &piece, min(rest, piece.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(stage: "read", errno: errno, path: path) }
            guard count > 0 else {
                throw .system(stage: "file changed while it was read", errno: EAGAIN, path: path)
            }
            try send(piece[..<count])
            rest -= count
        }
    }

    private mutating func pad(_ size: Int) throws(RuntimeError) {
        if size % 512 != 0 { try write([UInt8](repeating: 0, count: 512 - size % 512)) }
    }

    private mutating func write(_ bytes: [UInt8]) throws(RuntimeError) {
        buffer += bytes
        if buffer.count >= Self.bufferSize { try flush() }
    }

    private mutating func flush() throws(RuntimeError) {
        try send(buffer[...])
        buffer.removeAll(keepingCapacity: true)
    }

    private func send(_ bytes: ArraySlice<UInt8>) throws(RuntimeError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(output.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(stage: "write layer", errno: errno, path: nil) }
            rest = rest.dropFirst(count)
        }
    }
}
