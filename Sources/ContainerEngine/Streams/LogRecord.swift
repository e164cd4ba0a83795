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

    /// Whole records of a file from a place on.
    /// - Parameters:
    ///   - end: how far it has been written.
    ///   - limit: bytes to read at once; a longer record is read whole.
    /// - Returns: the records and how many bytes they take.
    static func read(from number: Int32, at offset: Int, end: Int, limit: Int) -> (records: [LogRecord], length: Int) {
        var wanted = min(limit, end - offset)
        while true {
            let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                count = max(0, pread(number, buffer.baseAddress, buffer.count, off_t(offset)))
            }
            let (records, length, needed) = parse(bytes)
            if !records.isEmpty || needed <= bytes.count || offset + needed > end { return (records, length) }
            wanted = needed
        }
    }

    /// - Returns: the whole records, the bytes they take, and the bytes that the next would need from the beginning.
    private static func parse(_ bytes: [UInt8]) -> (records: [LogRecord], length: Int, needed: Int) {
        var records: [LogRecord] = []
        var position = 0
        return bytes.withUnsafeBytes { bytes in
            while position + headerSize <= bytes.count {
                let time = Double(
                    bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
                let length = Int(
                    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position + 9, as: UInt32.self)))
                let start = position + headerSize
                guard start + length <= bytes.count else { return (records, position, start + length) }
                records.append(
                    LogRecord(
                        time: time, isError: bytes[position + 8] == 2, bytes: Array(bytes[start..<start + length])))
                position = start + length
            }
            return (records, position, position + headerSize)
        }
    }
}

/// Makes lines of records: a line ends with its newline, and has the time of its first piece.
struct LineAssembler {
    /// The unfinished line of each stream: output and error.
    private var open: (LogRecord?, LogRecord?) = (nil, nil)

    /// - Returns: the lines that are complete now.
    mutating func add(_ record: LogRecord) -> [LogLine] {
        var lines: [LogLine] = []
        let before = record.isError ? open.1 : open.0
        var line = before ?? LogRecord(time: record.time, isError: record.isError, bytes: [])
        var rest = record.bytes[...]
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            line.bytes.append(contentsOf: rest[...newline])
            lines.append(Self.line(line))
            rest = rest[(newline + 1)...]
            line = LogRecord(time: record.time, isError: record.isError, bytes: [])
        }
        line.bytes.append(contentsOf: rest)
        // A line without an end must not grow without one.
        if line.bytes.count > Self.lineLimit {
            lines.append(Self.line(line))
            line.bytes = []
        }
        let left = line.bytes.isEmpty ? nil : line
        if record.isError { open.1 = left } else { open.0 = left }
        return lines
    }

    /// Bytes of a line that are kept until its end comes.
    private static let lineLimit = 1 << 20

    /// What has no newline is a line now.
    mutating func finish() -> [LogLine] {
        defer { open = (nil, nil) }
        return [open.0, open.1].compactMap { $0 }.sorted { $0.time < $1.time }.map(Self.line)
    }

    private static func line(_ record: LogRecord) -> LogLine {
        LogLine(stream: record.isError ? .error : .output, time: record.time, bytes: record.bytes)
    }
}
