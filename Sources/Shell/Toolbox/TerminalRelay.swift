import Glibc
import Terminal

/// Carries keys from the learner's terminal to the one a cell runs on, and its output back, until the cell's end.
/// Blocks its thread.
struct TerminalRelay {
    /// The learner's terminal, in raw mode.
    let input: Int32
    var output: OutputStream
    /// Where keys go, and where output comes from.
    let keys: Int32
    let source: Int32
    let news: EditorNews
    /// A key that is not passed on but taken here, as a terminal takes Ctrl-C: returns true if it has done that.
    var takesKey: (UInt8) -> Bool = { _ in false }
    /// Rung when a cell has to be looked at otherwise: its shell is gone, its time is up.
    let alarm: Bell
    /// What is shown.
    var record: ([UInt8]) -> Void = { _ in }
    var resize: () -> Void = {}

    enum Outcome: Equatable {
        case ended(CellEnd)
        /// `alarm` rang.
        case alarmed
        /// The source is at its end.
        case sourceClosed
        /// The learner's terminal has gone, or the program is asked to end.
        case leave
    }

    /// Bytes that wait for the cell's terminal at most; more are left in the learner's.
    private static let backlog = 16_384

    func run(token: String) -> Outcome {
        var filter = CellEndFilter(token: token)
        var pending: [UInt8] = []
        /// The cell has ended: keys stay where they are, for the next prompt.
        var isEnding = false
        var buffer = [UInt8](repeating: 0, count: 32_768)
        while true {
            var waits = [
                pollfd(fd: source, events: Int16(POLLIN), revents: 0),
                pollfd(fd: !isEnding && pending.count < Self.backlog ? input : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: pending.isEmpty || isEnding ? -1 : keys, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: news.bell.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: alarm.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waits, nfds_t(waits.count), -1) > 0 else { continue }
            if waits[0].revents != 0 {
                let count = read(source, &buffer, buffer.count)
                if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) { return .sourceClosed }
                if count > 0 {
                    let (shown, end) = filter.pass(buffer[..<count])
                    if !shown.isEmpty {
                        output.write(shown)
                        record(shown)
                    }
                    if let end, end.status != nil { return .ended(CellEnd(end, unread: end.unread + pending)) }
                    if end != nil {
                        isEnding = true
                        _ = Array(token.utf8).withUnsafeBytes { write(keys, $0.baseAddress, $0.count) }
                    }
                }
            } else if waits[4].revents != 0 {
                alarm.silence()
                return .alarmed
            }
            if waits[1].revents != 0 {
                let count = read(input, &buffer, 4096)
                if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) { return .leave }
                for byte in buffer[..<max(count, 0)] where !takesKey(byte) { pending.append(byte) }
            }
            if waits[2].revents != 0 {
                let count = pending.withUnsafeBytes { write(keys, $0.baseAddress, min($0.count, 1024)) }
                if count > 0 { pending.removeFirst(count) } else if errno == EIO || errno == EPIPE { pending = [] }
            }
            if waits[3].revents != 0 {
                news.bell.silence()
                if news.mustLeave { return .leave }
                if news.takeResized() { resize() }
            }
        }
    }
}

extension CellEnd {
    init(_ end: CellEnd, unread: [UInt8]) {
        self = end
        self.unread = unread
    }
}
