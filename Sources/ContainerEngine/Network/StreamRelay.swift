import Glibc
import LinuxKernel

/// Copies between two connected, non-blocking sockets in both directions, inside the kernel: splice(2) through a pipe for
/// each direction. Half-closes travel on. It is driven from outside, by edge-triggered readiness of either socket.
struct StreamRelay {
    enum Progress { case waiting, more, finished }

    private var there: Direction
    private var back: Direction

    /// Does not own the sockets.
    /// - Returns: nil if there are no descriptors left.
    init?(_ client: Int32, _ server: Int32) {
        guard let there = Direction(from: client, to: server), let back = Direction(from: server, to: client) else {
            return nil
        }
        self.there = there
        self.back = back
    }

    /// Has the socket end with a reset when it is closed.
    static func reset(_ socket: Int32) {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    }

    private static func error(_ socket: Int32) -> Bool {
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error != 0
    }

    /// Moves what can be moved now.
    /// - Returns: `.more` if it stopped for the sake of others and wants to be called again without an event.
    mutating func pump() -> Progress {
        let results = (there.pump(), back.pump())
        // A direction that has ended is not read any more, and would not hear of a reset behind its end.
        let isBroken = (there.isFinished && Self.error(there.source)) || (back.isFinished && Self.error(back.source))
        if results.0 == .failed || results.1 == .failed || isBroken {
            // One side was reset, or is gone: the other learns that it was no orderly end.
            for socket in [there.source, there.sink] { Self.reset(socket) }
            return .finished
        }
        if there.isFinished && back.isFinished { return .finished }
        return results.0 == .more || results.1 == .more ? .more : .waiting
    }

    private struct Direction {
        enum Result { case waiting, more, failed }

        let source: Int32
        let sink: Int32
        let pipe: (readEnd: FileDescriptor, writeEnd: FileDescriptor)
        var buffered = 0
        /// What a pipe holds that nobody has enlarged: 16 pages (pipe(7)).
        var piece = 1 << 16
        var fullPieces = 0
        var isAtEnd = false
        var isFinished = false

        init?(from source: Int32, to sink: Int32) {
            guard let pipe = StreamCalls.pipe() else { return nil }
            self.source = source
            self.sink = sink
            self.pipe = (FileDescriptor(owning: pipe.readEnd), FileDescriptor(owning: pipe.writeEnd))
        }

        /// Gives a connection that moves much a wider pipe. The system may refuse, and then it stays as it is.
        private mutating func enlarge() {
            fullPieces += 1
            let setPipeSize: Int32 = 1031
            let wide = 1 << 19
            guard fullPieces == 8, piece < wide, fcntl(pipe.writeEnd.number, setPipeSize, Int32(wide)) > 0 else {
                return
            }
            piece = wide
        }

        mutating func pump() -> Result {
            // A fast pair of programs must not keep the thread for itself.
            for _ in 0..<32 {
                if isFinished { return .waiting }
                var moved = false
                if !isAtEnd {
                    let count = StreamCalls.splice(from: source, to: pipe.writeEnd.number, length: piece)
                    if count > 0 {
                        buffered += count
                        moved = true
                        if count * 2 > piece { enlarge() }
                    } else if count == 0 {
                        isAtEnd = true
                    } else if errno != EAGAIN && errno != EINTR {
                        return .failed
                    }
                    // EAGAIN: nothing there, or the pipe is full; then emptying it below tells.
                }
                if buffered > 0 {
                    let count = StreamCalls.splice(from: pipe.readEnd.number, to: sink, length: buffered)
                    if count > 0 {
                        buffered -= count
                        moved = true
                    } else if count < 0, errno != EAGAIN && errno != EINTR {
                        return .failed
                    }
                }
                if isAtEnd, buffered == 0 {
                    shutdown(sink, Int32(SHUT_WR))
                    isFinished = true
                    return .waiting
                }
                if !moved { return .waiting }
            }
            return .more
        }
    }
}
