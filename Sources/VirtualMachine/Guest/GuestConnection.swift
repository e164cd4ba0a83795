import CLinux
import Glibc
import LinuxKernel
import Synchronization

/// The line to the first process of a virtual machine, over which commands are run in it. A thread reads it for as long as
/// the machine runs.
final class GuestConnection: Sendable {
    /// What a channel hears.
    enum Event: Sendable {
        case output([UInt8])
        case error([UInt8])
        /// Bytes of input that were taken.
        case acknowledged(Int)
        case exit(Int32)
    }

    /// What the first process says when it is there.
    struct Hello: Sendable {
        /// Since the machine's kernel was started, by its own clock.
        var uptime: Duration
        var release: String
    }

    private struct State {
        var channels: [UInt16: AsyncStream<Event>.Continuation] = [:]
        var hello: Hello?
        var hasEnded = false
        var waiting: [CheckedContinuation<Hello?, Never>] = []
        var consoleStatus: Int32?
    }

    private let line: FileDescriptor
    private let state = Mutex(State())
    private let writing = Mutex(())

    init(_ line: FileDescriptor) {
        self.line = line
        KernelThread.start("vm-agent") { [self] in read() }
    }

    /// When the first process has said that it is there; nil if the machine ended before.
    func hello() async -> Hello? {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Hello?? in
                if let hello = state.hello { return .some(hello) }
                if state.hasEnded { return .some(nil) }
                state.waiting.append(continuation)
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    /// How the shell of the console ended, as of waitpid(2), if the machine ended with it.
    var consoleStatus: Int32? { state.withLock { $0.consoleStatus } }

    /// A channel of its own, and what is heard on it: ends with the command, or with the machine.
    /// - Returns: nil if all are taken, or the machine has ended.
    func open() -> (channel: UInt16, events: AsyncStream<Event>)? {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        let channel = state.withLock { state -> UInt16? in
            guard !state.hasEnded,
                let free = (0..<UInt16(GUEST_CHANNEL_LIMIT)).first(where: { state.channels[$0] == nil })
            else { return nil }
            state.channels[free] = continuation
            return free
        }
        return channel.map { ($0, events) }
    }

    /// Sends a frame. The machine's QEMU always reads, as fast as the machine does: input is never more than its window.
    func send(_ frame: GuestFrame) {
        let bytes = frame.bytes
        writing.withLock { _ in
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(
                        line.number, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
                }
                if count < 0, errno != EINTR { return }
                sent += max(count, 0)
            }
        }
    }

    private func read() {
        var parser = GuestFrameParser()
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = Glibc.read(line.number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            for frame in parser.append(buffer[..<count]) { take(frame) }
        }
        let (channels, waiting) = state.withLock { state in
            defer {
                state.channels = [:]
                state.waiting = []
            }
            state.hasEnded = true
            return (state.channels, state.waiting)
        }
        for continuation in channels.values { continuation.finish() }
        for continuation in waiting { continuation.resume(returning: nil) }
    }

    private func take(_ frame: GuestFrame) {
        switch frame.kind {
        case .hello:
            let release = String(decoding: frame.payload.dropFirst(8), as: UTF8.self)
            let hello = Hello(
                uptime: .nanoseconds(Int64(clamping: frame.number(UInt64.self) ?? 0)), release: release)
            let waiting = state.withLock { state in
                defer { state.waiting = [] }
                state.hello = hello
                return state.waiting
            }
            for continuation in waiting { continuation.resume(returning: hello) }
        case .exit where frame.channel == GuestFrame.consoleChannel:
            state.withLock { $0.consoleStatus = frame.number(Int32.self) }
        case .output: channel(frame)?.yield(.output(frame.payload))
        case .error: channel(frame)?.yield(.error(frame.payload))
        case .acknowledge: channel(frame)?.yield(.acknowledged(Int(frame.number(UInt32.self) ?? 0)))
        case .exit:
            let continuation = state.withLock { $0.channels.removeValue(forKey: frame.channel) }
            continuation?.yield(.exit(frame.number(Int32.self) ?? 0))
            continuation?.finish()
        case .run, .input, .signal, .resize, .halt: break
        }
    }

    private func channel(_ frame: GuestFrame) -> AsyncStream<Event>.Continuation? {
        state.withLock { $0.channels[frame.channel] }
    }
}
