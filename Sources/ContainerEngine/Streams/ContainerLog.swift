import ContainerRuntime
import Glibc
import LinuxKernel
import Synchronization

/// A container's output, kept in files of records: the time (8 bytes), the stream (1 byte: 1 or 2), the length (4 bytes),
/// the bytes as they were written. Lines are found when it is read.
///
/// A file that has grown to its limit is put aside, and the oldest of those put aside is dropped, as the kubelet rotates
/// logs: a container that never stops talking must not fill the disk. Whoever follows reads the files in its own time, so
/// a slow reader costs no memory; one that falls behind by more than the files misses what was dropped.
final class ContainerLog: Sendable {
    private struct File {
        /// Files count from 1.
        var number: Int
        var descriptor: FileDescriptor
        /// Bytes.
        var size = 0
    }

    private struct State {
        /// Oldest first; the last is written to.
        var files: [File] = []
        var nextNumber = 1
        var isFinished = false
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiting = 0
    }

    /// A place in the log.
    struct Position: Sendable {
        fileprivate var file = 0
        fileprivate var offset = 0
        fileprivate var descriptor: FileDescriptor?
    }

    /// What is behind a position.
    enum Step {
        case records([LogRecord])
        /// Nothing, yet.
        case wait
        /// Nothing, and no more will come.
        case end
    }

    let path: String
    /// Bytes in a file.
    private let limit: Int
    private let maximumFiles: Int
    private let isDiscarded: Bool
    private let now: @Sendable () -> Double
    private let state = Mutex(State())
    static let standardLimit = 5 << 20
    /// Bytes that a follower reads at once.
    private static let readLimit = 256 * 1024

    /// Files are made when there is something to write.
    init(
        path: String, limit: Int = standardLimit, maximumFiles: Int = 2, isDiscarded: Bool = false,
        now: @escaping @Sendable () -> Double
    ) {
        self.path = path
        self.limit = limit
        self.maximumFiles = max(1, maximumFiles)
        self.isDiscarded = isDiscarded
        self.now = now
    }

    func append(_ bytes: [UInt8], isError: Bool) {
        if isDiscarded { return }
        let record = LogRecord(time: now(), isError: isError, bytes: bytes)
        let waiting = state.withLock { state in
            if state.files.last.map({ $0.size >= limit }) ?? true { rotate(&state) }
            guard var file = state.files.popLast() else { return [CheckedContinuation<Void, Never>]() }
            file.size += record.write(to: file.descriptor.number, at: file.size)
            state.files.append(file)
            return Self.takeWaiting(&state)
        }
        for continuation in waiting { continuation.resume() }
    }

    private func rotate(_ state: inout State) {
        if let last = state.files.last { rename(path, "\(path).\(last.number)") }
        guard let descriptor = try? FileDescriptor.open(path, O_RDWR | O_CREAT | O_APPEND, mode: 0o640) else { return }
        state.files.append(File(number: state.nextNumber, descriptor: descriptor))
        state.nextNumber += 1
        while state.files.count > maximumFiles { unlink("\(path).\(state.files.removeFirst().number)") }
    }

    private static func takeWaiting(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        defer { state.waiting = [:] }
        return Array(state.waiting.values)
    }

    /// The container has ended: whoever follows has seen everything once it has read to the end.
    func finish() {
        let waiting = state.withLock { state in
            state.isFinished = true
            return Self.takeWaiting(&state)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// The container runs again.
    func reopen() {
        state.withLock { $0.isFinished = false }
    }

    func remove() {
        finish()
        let files = state.withLock { state in
            defer { state.files = [] }
            return state.files
        }
        unlink(path)
        for file in files.dropLast() { unlink("\(path).\(file.number)") }
    }

    /// The lines that are there and, if `options.follow`, those to come.
    func lines(_ options: LogOptions) -> AsyncStream<LogLine> {
        let reader = LogReader(self, options)
        return AsyncStream(unfolding: { await reader.next() })
    }

    /// Reads on. Blocks for the disk.
    func read(_ position: inout Position) -> Step {
        let (file, size, isLast, isFinished): (File?, Int, Bool, Bool) = state.withLock { state in
            let isFinished = state.isFinished
            // The file it was reading, if it is still known; else the oldest after it.
            guard let index = state.files.firstIndex(where: { $0.number >= position.file }) else {
                return (nil, 0, true, isFinished)
            }
            var file = state.files[index]
            if file.number == position.file, position.offset >= file.size, index + 1 < state.files.count {
                file = state.files[index + 1]
            }
            return (file, file.size, file.number == state.files.last?.number, isFinished)
        }
        guard let file else { return isFinished ? .end : .wait }
        if file.number != position.file {
            position = Position(file: file.number, offset: 0, descriptor: file.descriptor)
        }
        if position.offset >= size { return isLast && isFinished ? .end : .wait }
        let (records, length) = LogRecord.read(
            from: file.descriptor.number, at: position.offset, end: size, limit: Self.readLimit)
        if records.isEmpty {
            // Never, but for a file that somebody has damaged: go past it.
            position.offset = size
            return .records([])
        }
        position.offset += length
        return .records(records)
    }

    /// Waits until there is something behind `position`, the log is finished, or the task is cancelled.
    func wait(at position: Position) async {
        let number = state.withLock { state in
            defer { state.nextWaiting += 1 }
            return state.nextWaiting
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    if state.isFinished || Task.isCancelled { return false }
                    if let last = state.files.last, last.number != position.file || last.size > position.offset {
                        return false
                    }
                    state.waiting[number] = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
        }
    }
}
