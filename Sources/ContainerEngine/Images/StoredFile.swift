import ContainerRuntime
import Glibc

/// An open file of the store; closed with the value.
struct StoredFile: ~Copyable {
    let descriptor: Int32
    private let path: String

    /// A new file; one that is there already is an error.
    init(creating path: String) throws(RuntimeError) {
        try self.init(path, O_WRONLY | O_CREAT | O_EXCL)
    }

    init(reading path: String) throws(RuntimeError) {
        try self.init(path, O_RDONLY)
    }

    init(_ path: String, _ flags: Int32) throws(RuntimeError) {
        descriptor = open(path, flags | O_CLOEXEC, 0o644)
        self.path = path
        if descriptor < 0 { throw .system(stage: "open", errno: errno, path: path) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func write(_ bytes: [UInt8]) throws(RuntimeError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(stage: "write", errno: errno, path: path) }
            rest = rest.dropFirst(count)
        }
    }

    /// - Returns: the number of bytes read; 0 at the end.
    func read(into buffer: inout [UInt8], atMost limit: Int) throws(RuntimeError) -> Int {
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, min($0.count, limit)) }
            if count >= 0 { return count }
            if errno != EINTR { throw .system(stage: "read", errno: errno, path: path) }
        }
    }

    func readAll() throws(RuntimeError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try read(into: &buffer, atMost: buffer.count)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Waits until the bytes are on the disk, so that the rename that publishes them cannot get there first.
    func synchronize() throws(RuntimeError) {
        if fsync(descriptor) != 0 { throw .system(stage: "fsync", errno: errno, path: path) }
    }
}
