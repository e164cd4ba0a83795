import Glibc

/// Bytes from a descriptor, read without holding a thread of the cooperative pool.
public struct InputStream: Sendable {
    /// The descriptor, owned by whoever opened it.
    public let descriptor: Int32

    public init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Everything up to the end of input, or what there was when the task was cancelled.
    /// - Parameter limit: bytes after which there is no end worth waiting for (/dev/zero); a little more may come back.
    public func readAll(limit: Int = .max) async -> [UInt8] {
        let wake = WakePipe()
        let descriptor = descriptor
        return await withTaskCancellationHandler {
            await BlockingThread.run {
                var bytes: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while bytes.count <= limit, wake.waitReadable(descriptor) {
                    let count = read(descriptor, &buffer, buffer.count)
                    if count > 0 {
                        bytes.append(contentsOf: buffer[..<count])
                    } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                        break
                    }
                }
                return bytes
            }
        } onCancel: {
            wake.wake()
        }
    }

    /// The next line, without its newline; nil at the end of input or when the task was cancelled. Reads no byte beyond.
    public func readLine() async -> String? {
        let wake = WakePipe()
        let descriptor = descriptor
        return await withTaskCancellationHandler {
            await BlockingThread.run {
                var bytes: [UInt8] = []
                var byte: UInt8 = 0
                while wake.waitReadable(descriptor) {
                    let count = read(descriptor, &byte, 1)
                    if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) { return nil }
                    if count > 0, byte == 0x0A { return String(decoding: bytes, as: UTF8.self) }
                    if count > 0 { bytes.append(byte) }
                }
                return nil
            }
        } onCancel: {
            wake.wake()
        }
    }
}
