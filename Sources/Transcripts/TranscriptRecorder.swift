import Documents
import Glibc
import Synchronization

/// Writes a recording as it happens: readable by its owner only, complete up to the last event whatever happens to the
/// program. Keystrokes are not recorded, and what looks like a secret is struck out before it is written.
public final class TranscriptRecorder: Sendable {
    private struct State {
        var descriptor: Int32
        var last: ContinuousClock.Instant
        /// Bytes of an incomplete UTF-8 character at the end of the last output.
        var pending: [UInt8] = []
    }

    public let path: String
    private let state: Mutex<State>

    /// Begins a recording in a new file.
    /// - Throws: `TranscriptError` where the file cannot be made.
    public init(path: String, header: AsciicastHeader, session: Transcript.Session) throws(TranscriptError) {
        self.path = path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw TranscriptError(file: path, line: 0, reason: "cannot be written (errno \(errno))")
        }
        state = Mutex(State(descriptor: descriptor, last: .now))
        write(header.version3.encoded() + [0x0A])
        event(.kijabi, CellEvent.session(session).document.jsonText)
    }

    deinit {
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
        }
    }

    /// A cell is about to run. `prompt` is what the screen shows before it and the source, for players.
    public func cellBegins(number: Int, source: String, prompt: String, isComparable: Bool = true) {
        event(.marker, "[\(number)]")
        event(.output, prompt + Secrets.struckOut(source).replacingLineEnds + "\r\n")
        let begin = CellEvent.cellIn(
            number: number, source: Secrets.struckOut(source), isComparable: isComparable)
        event(.kijabi, begin.document.jsonText)
    }

    /// Bytes that the cell printed.
    public func output(_ bytes: [UInt8]) {
        let text = state.withLock { state -> String in
            state.pending += bytes
            let whole = UTF8Prefix.wholeCount(state.pending)
            defer { state.pending.removeFirst(whole) }
            return String(decoding: state.pending[..<whole], as: UTF8.self)
        }
        guard !text.isEmpty else { return }
        event(.output, Secrets.struckOut(text).replacingLineEnds)
    }

    public func cellEnds(number: Int, status: Int32) {
        event(.kijabi, CellEvent.cellOut(number: number, status: status).document.jsonText)
    }

    /// The terminal has a new size.
    public func resized(columns: Int, rows: Int) {
        event(.resize, "\(columns)x\(rows)")
    }

    /// The session is over.
    public func finish(status: Int32) {
        event(.exit, "\(status)")
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
            state.descriptor = -1
        }
    }

    private func event(_ code: AsciicastEvent.Code, _ data: String) {
        let line = state.withLock { state -> [UInt8] in
            let now = ContinuousClock.now
            let interval = now - state.last
            state.last = now
            let seconds = Double(interval.components.seconds) + Double(interval.components.attoseconds) / 1e18
            return AsciicastWriter.line3(AsciicastEvent(interval: seconds, code: code, data: data))
        }
        write(line)
    }

    /// One write a line, so that a reader and a crash see whole lines.
    private func write(_ bytes: [UInt8]) {
        state.withLock { state in
            guard state.descriptor >= 0 else { return }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(state.descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                // A full disk ends the journal, not the session.
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}

extension String {
    /// Line ends as a terminal needs them.
    var replacingLineEnds: String {
        var text = ""
        var last: Unicode.Scalar = " "
        for scalar in unicodeScalars {
            if scalar == "\n", last != "\r" { text.unicodeScalars.append("\r") }
            text.unicodeScalars.append(scalar)
            last = scalar
        }
        return text
    }
}

/// Finds where a byte sequence ends in the middle of a character.
enum UTF8Prefix {
    /// How many bytes at the front hold whole characters (ill-formed ones count as whole).
    static func wholeCount(_ bytes: [UInt8]) -> Int {
        for back in 1...4 where bytes.count >= back {
            let byte = bytes[bytes.count - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > back ? bytes.count - back : bytes.count
        }
        return bytes.count
    }
}
