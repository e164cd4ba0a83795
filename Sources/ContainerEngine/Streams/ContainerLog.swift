import ContainerRuntime
import Glibc
import LinuxKernel
import Synchronization

/// A container's output, kept in a file of records: the time (8 bytes), the stream (1 byte: 1 or 2), the length (4
/// bytes), the bytes as they were written. Lines are found when it is read.
///
/// A file that has grown to its limit is put aside, in the place of the one that was put aside before it, as the kubelet
/// rotates logs: a container that never stops talking must not fill the disk.
final class ContainerLog: Sendable {
    private struct State {
        var file: FileDescriptor?
        /// Of `file`, in bytes.
        var size = 0
        /// The file before that.
        var older: FileDescriptor?
        var isFinished = false
        var followers: [Int: @Sendable (LogRecord?) -> Void] = [:]
        var nextFollower = 0
    }

    let path: String
    /// Bytes in a file.
    private let limit: Int
    private let isDiscarded: Bool
    static let standardLimit = 5 << 20
    private let now: @Sendable () -> Double
    private let state = Mutex(State())

    /// The file is made when there is something to write.
    init(
        path: String, limit: Int = standardLimit, isDiscarded: Bool = false, now: @escaping @Sendable () -> Double
    ) {
        self.path = path
        self.limit = limit
        self.isDiscarded = isDiscarded
        self.now = now
    }

    func append(_ bytes: [UInt8], isError: Bool) {
        if isDiscarded { return }
        let record = LogRecord(time: now(), isError: isError, bytes: bytes)
        state.withLock { state in
            if state.size >= limit, rename(path, older) == 0 {
                state.older = state.file
                state.file = nil
                state.size = 0
            }
            if state.file == nil {
                state.file = try? FileDescriptor.open(path, O_RDWR | O_CREAT | O_APPEND, mode: 0o640)
            }
            if let file = state.file { state.size += record.write(to: file.number, at: state.size) }
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
        state.withLock { state in
            state.file = nil
            state.older = nil
            state.size = 0
        }
        unlink(path)
        unlink(older)
    }

    private var older: String { path + ".1" }

    /// The lines that are there and, if `options.follow`, those to come.
    func lines(_ options: LogOptions) -> AsyncStream<LogLine> {
        let (stream, continuation) = AsyncStream.makeStream(of: LogLine.self)
        // Reading the file must not hold the container's output for long, but no record may be missed or doubled.
        state.withLock { state in
            let assembler = LineAssembler(since: options.since) { continuation.yield($0) }
            let records = [state.older, state.file].compactMap(\.self).flatMap { LogRecord.read(from: $0.number) }
            if let tail = options.tail {
                var lines: [LogLine] = []
                let wanted = max(0, tail)
                let collector = LineAssembler(since: options.since) { line in
                    lines.append(line)
                    if lines.count > 2 * wanted + 64 { lines.removeFirst(lines.count - wanted) }
                }
                for record in records { collector.add(record) }
                let open = options.follow && !state.isFinished ? collector.takeOpen() : []
                collector.finish()
                for line in lines.suffix(wanted) { continuation.yield(line) }
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
