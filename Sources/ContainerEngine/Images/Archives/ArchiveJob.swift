import CLinux
import ContainerRuntime
import LinuxKernel

/// One request to kijabi-archive, as `ArchiveProtocol.h` has it.
struct ArchiveJob: Sendable {
    var operation: tar_operation
    var flags: UInt32 = 0
    /// Bytes of the unpacked stream and of all files; nil is no limit.
    var byteLimit: Int?
    var entryLimit: Int?
    /// Below the directory: see `struct tar_request`.
    var path = ""
    var name = ""
    /// In the order of the protocol; they stay open until the job is done.
    var descriptors: [FileDescriptor] = []
    /// A further one, which is closed here as soon as the process has it: the end of a pipe whose other side waits for
    /// its close.
    var handedOver: Int32?
    /// A file that gets the stream as it came is the last of them.
    var hasCopy = false

    mutating func set(_ flag: Int) { flags |= UInt32(flag) }

    /// The message; nil if a path is too long.
    func message() -> [UInt8]? {
        var request = tar_request()
        request.operation = UInt32(operation.rawValue)
        request.flags = flags
        request.byte_limit = UInt64(byteLimit ?? 0)
        request.entry_limit = UInt64(entryLimit ?? 0)
        request.has_copy = hasCopy ? 1 : 0
        func put(_ text: String, _ field: UnsafeMutableRawBufferPointer) -> Bool {
            guard text.utf8.count < field.count, !text.utf8.contains(0) else { return false }
            field.copyBytes(from: text.utf8)
            return true
        }
        guard withUnsafeMutableBytes(of: &request.path, { put(path, $0) }),
            withUnsafeMutableBytes(of: &request.name, { put(name, $0) })
        else { return nil }
        return withUnsafeBytes(of: request) { Array($0) }
    }
}
