import Documents

/// Writes recordings as text.
public enum AsciicastWriter {
    /// One event line of version 3, with its newline.
    public static func line3(_ event: AsciicastEvent) -> [UInt8] {
        line(seconds: event.interval, event)
    }

    /// The whole recording in version 2, which every player reads: times count from the start, events of ours and of
    /// version 3 are left out.
    public static func version2(_ header: AsciicastHeader, _ events: [AsciicastEvent]) -> [UInt8] {
        var bytes = header.version2.encoded() + [0x0A]
        var clock = 0.0
        for event in events {
            clock += event.interval
            switch event.code {
            case .output, .input, .resize, .marker: bytes += line(seconds: clock, event)
            case .exit, .kijabi, .other: break
            }
        }
        return bytes
    }

    private static func line(seconds: Double, _ event: AsciicastEvent) -> [UInt8] {
        let rounded = (seconds * 1000).rounded() / 1000
        let value: JSONValue = [
            .number(JSONNumber(rounded)), .string(String(event.code.letter)), .string(event.data),
        ]
        return value.encoded() + [0x0A]
    }
}
