import Documents

/// A recording as cells: what was typed, what was printed, how it ended.
public struct Transcript: Sendable {
    public struct Session: Sendable, Hashable {
        /// The lesson it belongs to, if any.
        public var lesson: String?
        public var seed: UInt64
        public var language: String
        public var nodes: Int
        /// The program that made it, e.g. `kijabi 0.1.0`.
        public var program: String

        public init(lesson: String? = nil, seed: UInt64, language: String, nodes: Int, program: String) {
            self.lesson = lesson
            self.seed = seed
            self.language = language
            self.nodes = nodes
            self.program = program
        }
    }

    public struct Cell: Sendable, Hashable {
        public var number: Int
        public var source: String
        public var output: String
        /// Nil if the recording ends in the middle of it.
        public var status: Int32?
        /// Its output depends on chance or time and says nothing when it differs.
        public var isComparable: Bool
        /// Seconds between the end of the cell before and its beginning.
        public var pause: Double
    }

    public let file: String
    public let header: AsciicastHeader
    public let events: [AsciicastEvent]
    public let session: Session?
    public let cells: [Cell]

    /// - Throws: `TranscriptError` with the line of the first fault.
    public init(parsing bytes: [UInt8], file: String) throws(TranscriptError) {
        (header, events) = try AsciicastReader.read(bytes, file: file)
        self.file = file
        var session: Session?
        var cells: [Cell] = []
        var isOpen = false
        var pause = 0.0
        for event in events {
            pause += event.interval
            switch event.code {
            case .kijabi:
                guard let value = try? JSONValue(parsing: event.data) else {
                    throw TranscriptError(file: file, line: 0, reason: "a K event holds no JSON")
                }
                switch CellEvent(value) {
                case .session(let found): session = found
                case .cellIn(let number, let source, let isComparable):
                    cells.append(
                        Cell(
                            number: number, source: source, output: "", status: nil, isComparable: isComparable,
                            pause: pause))
                    isOpen = true
                case .cellOut(_, let status):
                    if isOpen { cells[cells.count - 1].status = status }
                    isOpen = false
                    pause = 0
                case nil: break
                }
            case .output where isOpen: cells[cells.count - 1].output += event.data
            default: break
            }
        }
        self.session = session
        self.cells = cells
    }
}

/// What our own events say.
public enum CellEvent: Sendable, Hashable {
    case session(Transcript.Session)
    case cellIn(number: Int, source: String, isComparable: Bool)
    case cellOut(number: Int, status: Int32)

    init?(_ value: JSONValue) {
        switch value["kind"]?.string {
        case "session":
            self = .session(
                Transcript.Session(
                    lesson: value["lesson"]?.string, seed: UInt64(max(0, value["seed"]?.int ?? 0)),
                    language: value["language"]?.string ?? "en", nodes: value["nodes"]?.int ?? 3,
                    program: value["program"]?.string ?? ""))
        case "in":
            guard let number = value["cell"]?.int, let source = value["source"]?.string else { return nil }
            self = .cellIn(number: number, source: source, isComparable: value["comparable"]?.bool ?? true)
        case "out":
            guard let number = value["cell"]?.int, let status = value["status"]?.int else { return nil }
            self = .cellOut(number: number, status: Int32(truncatingIfNeeded: status))
        default: return nil
        }
    }

    var document: JSONValue {
        switch self {
        case .session(let session):
            var value: JSONValue = [
                "kind": "session", "program": .string(session.program), "seed": .integer(Int(session.seed)),
                "language": .string(session.language), "nodes": .integer(session.nodes),
            ]
            value["lesson"] = session.lesson.map { .string($0) }
            return value
        case .cellIn(let number, let source, let isComparable):
            var value: JSONValue = ["kind": "in", "cell": .integer(number), "source": .string(source)]
            if !isComparable { value["comparable"] = false }
            return value
        case .cellOut(let number, let status):
            return ["kind": "out", "cell": .integer(number), "status": .integer(Int(status))]
        }
    }
}
