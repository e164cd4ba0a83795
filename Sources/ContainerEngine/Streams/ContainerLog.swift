import ContainerRuntime
import Glibc
import LinuxKernel
import Synchronization

/// A container's output, kept in a file of records: the time (8 bytes), the stream (1 byte: 1 or 2), the length (4
/// bytes), the bytes as they were written. Lines are found when it is read.
final class ContainerLog: Sendable {
    private struct State {
        var file: FileDescriptor?
        var isFinished = false
        var followers: [Int: @Sendable (LogRecord?) -> Void] = [:]
        var nextFollower = 0
    }

    let path: String
    private let now: @Sendable () -> Double
    private let state = Mutex(State())

    /// The file is made when there is something to write.
    init(path: String, now: @escaping @Sendable () -> Double) {
        self.path = path
        self.now = now
    }

    func append(_ bytes: [UInt8], isError: Bool) {
        let record = LogRecord(time: now(), isError: isError, bytes: bytes)
        state.withLock { state in
            if state.file == nil {
                state.file = try? FileDescriptor.open(path, O_RDWR | O_CREAT | O_APPEND, mode: 0o640)
            }
            if let file = state.file { record.write(to: file.number) }
            for follow in state.followers.values { follow(record) }
        }
    }

    /// The container has ended: whoever follows has seen everything.
    func finish() {
        let followers = state.withLock { state in
            defer { state.followers = [:] }
            state.isFinished = true
            return state.followers.values
        }
        for follow in followers { follow(nil) }
    }

    /// The container runs again.
    func reopen() {
        state.withLock { $0.isFinished = false }
    }

    func remove() {
        finish()
        state.withLock { $0.file = nil }
        unlink(path)
    }

    /// The lines that are there and, if `options.follow`, those to come.
    func lines(_ options: LogOptions) -> AsyncStream<LogLine> {
        let (stream, continuation) = AsyncStream.makeStream(of: LogLine.self)
        // Reading the file must not hold the container's output for long, but no record may be missed or doubled.
        state.withLock { state in
            let assembler = LineAssembler(since: options.since) { continuation.yield($0) }
            let records = state.file.map { LogRecord.read(from: $0.number) } ?? []
            if let tail = options.tail {
                var lines: [LogLine] = []
                let collector = LineAssembler(since: options.since) { lines.append($0) }
                for record in records { collector.add(record) }
                let open = options.follow && !state.isFinished ? collector.takeOpen() : []
                collector.finish()
                for line in lines.suffix(max(0, tail)) { continuation.yield(line) }
                for record in open { assembler.add(record) }
            } else {
                for record in records { assembler.add(record) }
            }
            guard options.follow, !state.isFinished else {
                assembler.finish()
                return continuation.finish()
            }
            let number = state.nextFollower
            state.nextFollower += 1
            state.followers[number] = { record in
                if let record {
                    assembler.add(record)
                } else {
                    assembler.finish()
                    continuation.finish()
                }
            }
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { _ = $0.followers.removeValue(forKey: number) }
            }
        }
        return stream
    }
}
