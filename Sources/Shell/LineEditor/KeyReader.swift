import Glibc

/// Reads keys from a terminal: UTF-8 decoded, escape sequences recognised, syllables composed. It waits in poll(2) for
/// the terminal and for `bell` at once, so that news from elsewhere wake it.
///
/// Confined to the thread that edits.
final class KeyReader {
    enum Event: Equatable {
        case key(UInt32)
        /// The terminal is gone, or at its end.
        case end
        /// `bell` rang.
        case news
        case timeout
    }

    private let descriptor: Int32
    private let bell: Bell
    private var bytes: [UInt8] = []
    private var position = 0
    private var pushedBack: [UInt32] = []

    /// Milliseconds within which the rest of an escape sequence follows its first byte.
    static let sequenceTimeout: Int32 = 50
    /// Milliseconds within which the letters of one syllable follow each other when a terminal sends them apart.
    static let syllableTimeout: Int32 = 5

    init(descriptor: Int32, bell: Bell) {
        self.descriptor = descriptor
        self.bell = bell
    }

    /// Keys that were typed while something else had the terminal.
    func unread(_ typed: [UInt8]) {
        bytes = typed + bytes[position...]
        position = 0
    }

    /// The next key.
    /// - Parameter timeout: milliseconds, or -1 to wait for ever.
    func next(timeout: Int32 = -1) -> Event {
        if let key = pushedBack.popLast() { return .key(key) }
        switch nextByte(timeout) {
        case .byte(let byte) where byte == 0x1B: return .key(escapeSequence())
        case .byte(let byte): return .key(composed(scalar(startingWith: byte)))
        case .end: return .end
        case .news: return .news
        case .timeout: return .timeout
        }
    }

    /// What is pasted, up to the end mark of a bracketed paste (xterm, mode 2004).
    func pastedText() -> String {
        let endMark = Array("\u{1B}[201~".utf8)
        var pasted: [UInt8] = []
        // A terminal sends the whole paste at once; one that stops in the middle is not waited for.
        while !pasted.ends(with: endMark), case .byte(let byte) = nextByte(2000, ignoringNews: true) {
            pasted.append(byte)
        }
        if pasted.ends(with: endMark) { pasted.removeLast(endMark.count) }
        return String(decoding: pasted, as: UTF8.self)
    }

    private enum Arrival {
        case byte(UInt8), end, news, timeout
    }

    private func nextByte(_ timeout: Int32, ignoringNews: Bool = false) -> Arrival {
        if position < bytes.count {
            defer { position += 1 }
            return .byte(bytes[position])
        }
        while true {
            var waits = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: ignoringNews ? -1 : bell.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&waits, 2, timeout)
            if count < 0, errno == EINTR { continue }
            if count == 0 { return .timeout }
            if waits[1].revents != 0 {
                bell.silence()
                return .news
            }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let size = read(descriptor, &buffer, buffer.count)
            if size < 0, errno == EINTR || errno == EAGAIN { continue }
            guard size > 0 else { return .end }
            bytes = Array(buffer[..<size])
            position = 1
            return .byte(bytes[0])
        }
    }

    private func escapeSequence() -> UInt32 {
        guard case .byte(let introducer) = nextByte(Self.sequenceTimeout, ignoringNews: true) else { return Key.escape }
        switch introducer {
        case UInt8(ascii: "["), UInt8(ascii: "O"):
            var parameters = ""
            while case .byte(let byte) = nextByte(Self.sequenceTimeout, ignoringNews: true) {
                if (0x40...0x7E).contains(byte) {
                    // The Linux console's function keys: ESC [ [ A
                    if byte == UInt8(ascii: "["), parameters.isEmpty { continue }
                    return Key.ofControlSequence(parameters, final: byte)
                }
                parameters.unicodeScalars.append(Unicode.Scalar(byte))
                if parameters.utf8.count > 16 { break }
            }
            return Key.unknown
        case 0x1B:
            position -= 1
            return Key.escape
        default:
            // Alt and a key: libedit reads ESC and the key.
            pushedBack.append(scalar(startingWith: introducer))
            return Key.escapeByte
        }
    }

    private func scalar(startingWith first: UInt8) -> UInt32 {
        let length = first < 0xC2 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 1
        if length == 1 { return first < 0x80 ? UInt32(first) : 0xFFFD }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for _ in 1..<length {
            guard case .byte(let byte) = nextByte(Self.sequenceTimeout, ignoringNews: true) else { return 0xFFFD }
            guard byte & 0xC0 == 0x80 else {
                position -= 1
                return 0xFFFD
            }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        // The codes that stand for keys here are no characters.
        guard Unicode.Scalar(value) != nil, !(0x80...0x9F).contains(value) else { return 0xFFFD }
        return value
    }

    /// Puts conjoining letters (U+1100…) that come apart together to one syllable.
    private func composed(_ first: UInt32) -> UInt32 {
        var syllable = first
        while Hangul.canBegin(first),
            case .byte(let byte) = nextByte(Self.syllableTimeout, ignoringNews: true)
        {
            let next = byte == 0x1B ? escapeSequence() : scalar(startingWith: byte)
            guard let joined = Hangul.composed(syllable, next) else {
                pushedBack.append(next)
                break
            }
            syllable = joined
        }
        return syllable
    }
}

extension Array where Element == UInt8 {
    func ends(with suffix: [UInt8]) -> Bool {
        count >= suffix.count && self[(count - suffix.count)...].elementsEqual(suffix)
    }
}
