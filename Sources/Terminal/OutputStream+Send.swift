import Glibc

extension OutputStream {
    /// Writes text that may have to wait for its reader (`kubectl logs -f | less`) without holding a thread of the
    /// cooperative pool.
    /// - Returns: false if nobody can read it any more, or the task was cancelled while waiting.
    @discardableResult
    public func send(_ text: String) async -> Bool { await send(Array(text.utf8)) }

    @discardableResult
    public func send(_ bytes: [UInt8]) async -> Bool {
        var sent = 0
        while sent < bytes.count {
            // A pipe that polls as writable takes PIPE_BUF (4096) bytes at once (pipe(7)); terminals and files do too.
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            if poll(&ready, 1, 0) == 0 {
                guard await waitForReader() else { return false }
            }
            let end = min(sent + 4096, bytes.count)
            guard write(bytes[sent..<end]) else { return false }
            sent = end
        }
        return true
    }

    private func waitForReader() async -> Bool {
        let wake = WakePipe()
        let descriptor = descriptor
        return await withTaskCancellationHandler {
            await BlockingThread.run { wake.waitWritable(descriptor) }
        } onCancel: {
            wake.wake()
        }
    }
}
