import ContainerRuntime
import Glibc

/// A piece of output as it came.
struct LogRecord: Sendable {
    var time: Double
    var isError: Bool
    var bytes: [UInt8]

    private static let headerSize = 13

    /// Writes it at the end of a file of that size.
    /// - Returns: how much the file has grown.
    func write(to number: Int32, at size: Int) -> Int {
        var record: [UInt8] = []
        record.reserveCapacity(Self.headerSize + bytes.count)
        withUnsafeBytes(of: time.bitPattern.littleEndian) { record.append(contentsOf: $0) }
        record.append(isError ? 2 : 1)
        withUnsafeBytes(of: UInt32(bytes.count).littleEndian) { record.append(contentsOf: $0) }
        record.append(contentsOf: bytes)
        if Glibc.write(number, record, record.count) == record.count { return record.count }
        // A full disk loses log, not the container; and half a record would make nonsense of those behind it.
        ftruncate(number, size)
        return 0
    }

    /// All records of a file; an incomplete last one is left out.
    static func read(from number: Int32) -> [LogRecord] {
        var status = stat()
        guard fstat(number, &status) == 0 else { return [] }
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            count = max(0, pread(number, buffer.baseAddress, buffer.count, 0))
        }
        var records: [LogRecord] = []
        var position = 0
        bytes.withUnsafeBytes { bytes in
            while position + headerSize <= bytes.count {
                let time = Double(
                    bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
                let length = Int(
                    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position + 9, as: UInt32.self)))
                let start = position + headerSize
                guard start + length <= bytes.count else { return }
                records.append(
                    LogRecord(
                        time: time, isError: bytes[position + 8] == 2, bytes: Array(bytes[start..<start + length])))
                position = start + length
            }
        }
        return records
    }
}

/// Makes lines of records: a line ends with its newline, and has the time of its first piece.
///
/// It is used under the lock of the log that feeds it, by one thread at a time, hence unchecked.
final class LineAssembler: @unchecked Sendable {
    private let since: Double?
    private let emit: (LogLine) -> Void
    /// The unfinished line of each stream: output and error.
    private var open: (LogRecord?, LogRecord?) = (nil, nil)

    init(since: Double?, emit: @escaping (LogLine) -> Void) {
        self.since = since
        self.emit = emit
    }

    func add(_ record: LogRecord) {
        let before = record.isError ? open.1 : open.0
        var line = before ?? LogRecord(time: record.time, isError: record.isError, bytes: [])
        var rest = record.bytes[...]
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            line.bytes.append(contentsOf: rest[...newline])
            send(line)
            rest = rest[(newline + 1)...]
            line = LogRecord(time: record.time, isError: record.isError, bytes: [])
        }
        line.bytes.append(contentsOf: rest)
        let left = line.bytes.isEmpty ? nil : line
        if record.isError { open.1 = left } else { open.0 = left }
    }

    /// Gives up the unfinished lines, for another assembler to go on with.
    func takeOpen() -> [LogRecord] {
        defer { open = (nil, nil) }
        return [open.0, open.1].compactMap { $0 }
    }

    /// What has no newline is a line now.
    func finish() {
        for line in takeOpen().sorted(by: { $0.time < $1.time }) { send(line) }
    }

    private func send(_ record: LogRecord) {
        if let since, record.time < since { return }
        emit(LogLine(stream: record.isError ? .error : .output, time: record.time, bytes: record.bytes))
    }
}
