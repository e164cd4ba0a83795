import Glibc

extension InputStream {
    /// The next bytes, as soon as there are some; nil at the end of input or when the task was cancelled.
    public func bytes(upTo limit: Int) async -> [UInt8]? {
        let wake = WakePipe()
        let descriptor = descriptor
        return await withTaskCancellationHandler {
            await BlockingThread.run {
                var buffer = [UInt8](repeating: 0, count: max(limit, 1))
                while wake.waitReadable(descriptor) {
                    let count = Glibc.read(descriptor, &buffer, buffer.count)
                    if count > 0 { return Array(buffer[..<count]) }
                    if count == 0 || (errno != EINTR && errno != EAGAIN) { return nil }
                }
                return nil
            }
        } onCancel: {
            wake.wake()
        }
    }
}
