import CLinux
import Glibc

/// Messages with descriptors beside them: sendmsg(2), recvmsg(2) with `SCM_RIGHTS`.
extension FileDescriptor {
    /// Sends one message. The descriptors are duplicated into the receiver.
    public func send(_ bytes: [UInt8], descriptors: [Int32] = [], flags: Int32 = 0) throws(Errno) {
        try checked {
            bytes.withUnsafeBytes { bytes in
                descriptors.withUnsafeBufferPointer { descriptors in
                    kijabi_send(
                        number, bytes.baseAddress, bytes.count, descriptors.baseAddress, descriptors.count, flags)
                }
            }
        }
    }

    /// Receives one message of at most `limit` bytes; waits for it. Empty at the end of the connection.
    public func receive(limit: Int, flags: Int32 = 0) throws(Errno) -> (bytes: [UInt8], descriptors: [FileDescriptor]) {
        var numbers = [Int32](repeating: -1, count: ZYGOTE_DESCRIPTOR_LIMIT)
        var count = numbers.count
        var bytes = [UInt8](repeating: 0, count: limit)
        let length = try checked {
            bytes.withUnsafeMutableBytes { kijabi_receive(number, $0.baseAddress, $0.count, &numbers, &count, flags) }
        }
        bytes.removeLast(limit - length)
        return (bytes, numbers.prefix(count).map(FileDescriptor.init(owning:)))
    }
}
