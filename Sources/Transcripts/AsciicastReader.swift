import Documents

/// Reads asciicast versions 2 and 3: a JSON line for the header, then one for each event.
public enum AsciicastReader {
    /// - Throws: `TranscriptError` with the line of the first fault.
    public static func read(_ bytes: [UInt8], file: String) throws(TranscriptError) -> (
        header: AsciicastHeader, events: [AsciicastEvent]
    ) {
        var number = 0
        var header: (header: AsciicastHeader, version: Int)?
        var events: [AsciicastEvent] = []
        var clock = 0.0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
            let value: JSONValue
            do {
                value = try JSONValue(parsing: Array(line))
            } catch {
                throw TranscriptError(file: file, line: number, reason: "no JSON: \(error.reason)")
            }
            guard let known = header else {
                header = try self.header(value, file: file, line: number)
                continue
            }
            guard let array = value.array, array.count == 3, let time = array[0].double, time.isFinite, time >= 0,
                let code = array[1].string, code.count == 1, let letter = code.first, let data = array[2].string
            else {
                throw TranscriptError(
                    file: file, line: number, reason: "an event is [seconds, \"letter\", \"data\"]")
            }
            // Version 2 counts from the start, version 3 from the event before.
            let interval = known.version == 2 ? max(0, time - clock) : time
            clock = time
            events.append(AsciicastEvent(interval: interval, code: .init(letter), data: data))
        }
        guard let header else { throw TranscriptError(file: file, line: 1, reason: "there is no header") }
        return (header.header, events)
    }

    private static func header(_ value: JSONValue, file: String, line: Int) throws(TranscriptError) -> (
        header: AsciicastHeader, version: Int
    ) {
        func fault(_ reason: String) -> TranscriptError { TranscriptError(file: file, line: line, reason: reason) }
        let version = value["version"]?.int
        let columns: Int?
        let rows: Int?
        switch version {
        case 2: (columns, rows) = (value["width"]?.int, value["height"]?.int)
        case 3: (columns, rows) = (value.at("term", "cols")?.int, value.at("term", "rows")?.int)
        case let other?: throw fault("asciicast version \(other) is not known (2 and 3 are)")
        case nil: throw fault("this is no asciicast recording: the header has no version")
        }
        guard let columns, let rows, (1...10_000).contains(columns), (1...10_000).contains(rows) else {
            throw fault("the header does not say how large the terminal was")
        }
        let header = AsciicastHeader(
            columns: columns, rows: rows, title: value["title"]?.string, timestamp: value["timestamp"]?.int)
        return (header, version ?? 3)
    }
}
