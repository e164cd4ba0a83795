import Commands
import Glibc
import Synchronization
import Terminal
import Testing

/// A call that goes on, whose output is read as it comes.
final class LiveCall: Sendable {
    private let task: Task<Int32, Never>
    private let outputRead: Int32
    private let seen = Mutex<[UInt8]>([])

    init(_ bench: Bench, _ line: String) throws {
        let (read, write) = try Bench.pipe()
        outputRead = read
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        let context = bench.context(input: null, output: write, error: write)
        let words = Bench.words(line)
        let command = bench.command
        task = Task {
            let status = await command.dispatch(words, context)
            close(write)
            close(null)
            return status
        }
    }

    deinit { close(outputRead) }

    /// What was written, once it has `count` lines. Gives up after ten seconds.
    func lines(_ count: Int) async -> [String] {
        let descriptor = outputRead
        while true {
            let lines = String(decoding: seen.withLock { $0 }, as: UTF8.self).split(separator: "\n").map(String.init)
            if lines.count >= count { return lines }
            let more = await BlockingThread.run { () -> [UInt8]? in
                var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&wait, 1, 10_000) > 0 else { return nil }
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let count = read(descriptor, &buffer, buffer.count)
                return count > 0 ? Array(buffer[..<count]) : nil
            }
            guard let more else { return lines + ["(nothing more)"] }
            seen.withLock { $0 += more }
        }
    }

    /// Interrupts the call.
    /// - Returns: its status and how long it took to end.
    func interrupt() async -> (status: Int32, after: Duration) {
        let start = ContinuousClock.now
        task.cancel()
        let status = await task.value
        return (status, ContinuousClock.now - start)
    }

    /// The status of a call that ends by itself.
    var status: Int32 {
        get async { await task.value }
    }
}
