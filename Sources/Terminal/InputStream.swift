import Glibc

/// Bytes from a descriptor, read without holding a thread of the cooperative pool.
public struct InputStream: Sendable {
    /// The descriptor, owned by whoever opened it.
    public let descriptor: Int32

    public init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Everything up to the end of input, or what there was when the task was cancelled.
    public func readAll() async -> [UInt8] {
        let wake = WakePipe()
        let descriptor = descriptor
        return await withTaskCancellationHandler {
            await BlockingThread.run {
                var bytes: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while wake.waitReadable(descriptor) {
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
}
