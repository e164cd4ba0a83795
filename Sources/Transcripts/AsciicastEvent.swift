public import Documents

/// One event of a terminal recording (asciicast, docs.asciinema.org/manual/asciicast), independent of the version.
public struct AsciicastEvent: Sendable, Hashable {
    public enum Code: Sendable, Hashable {
        /// `o`: bytes the terminal showed.
        case output
        /// `i`
        case input
        /// `r`: `COLUMNSxROWS`
        case resize
        /// `m`: players pause here.
        case marker
        /// `x`: exit status of the session (version 3).
        case exit
        /// `K`: ours; other players pass over it. The data is JSON text.
        case kijabi
        case other(Character)

        public init(_ letter: Character) {
            switch letter {
            case "o": self = .output
            case "i": self = .input
            case "r": self = .resize
            case "m": self = .marker
            case "x": self = .exit
            case "K": self = .kijabi
            default: self = .other(letter)
            }
        }

        public var letter: Character {
            switch self {
            case .output: "o"
            case .input: "i"
            case .resize: "r"
            case .marker: "m"
            case .exit: "x"
            case .kijabi: "K"
            case .other(let letter): letter
            }
        }
    }

    /// Seconds since the event before.
    public var interval: Double
    public var code: Code
    public var data: String

    public init(interval: Double, code: Code, data: String) {
        self.interval = interval
        self.code = code
        self.data = data
    }
}

/// The first line of a recording.
public struct AsciicastHeader: Sendable, Hashable {
    public var columns: Int
    public var rows: Int
    public var title: String?
    /// Seconds since 1970.
    public var timestamp: Int?

    public init(columns: Int, rows: Int, title: String? = nil, timestamp: Int? = nil) {
        self.columns = columns
        self.rows = rows
        self.title = title
        self.timestamp = timestamp
    }

    /// The header line of version 3.
    public var version3: JSONValue {
        var header: JSONValue = [
            "version": 3, "term": ["cols": .integer(columns), "rows": .integer(rows)],
        ]
        header["timestamp"] = timestamp.map { .integer($0) }
        header["title"] = title.map { .string($0) }
        return header
    }

    /// The header line of version 2.
    public var version2: JSONValue {
        var header: JSONValue = ["version": 2, "width": .integer(columns), "height": .integer(rows)]
        header["timestamp"] = timestamp.map { .integer($0) }
        header["title"] = title.map { .string($0) }
        return header
    }
}

/// What is wrong with a recording, and where.
public struct TranscriptError: Error, Sendable, Hashable, CustomStringConvertible {
    public let file: String
    /// 1-based; 0 where it concerns the whole file.
    public let line: Int
    public let reason: String

    public init(file: String, line: Int, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    public var description: String { line > 0 ? "\(file):\(line): \(reason)" : "\(file): \(reason)" }
}
