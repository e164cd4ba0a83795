import Glibc
import LinuxKernel
import Synchronization

/// The console of a virtual machine: what it has said, and what it says from now on. A thread reads it for as long as the
/// machine runs.
final class MachineConsole: Sendable {
    private struct State {
        var log: [UInt8] = []
        var listeners: [Int: AsyncStream<[UInt8]>.Continuation] = [:]
        var next = 0
        var hasEnded = false
    }

    private let line: FileDescriptor
    private let state = Mutex(State())
    /// Older bytes are forgotten.
    private static let logLimit = 1 << 20
    /// Pieces that wait for a slow terminal before some are lost, as on any console.
    private static let backlog = 4096

    init(_ line: FileDescriptor) {
        self.line = line
        KernelThread.start("vm-console") { [self] in read() }
    }

    /// All of it that is kept.
    var log: [UInt8] { state.withLock { $0.log } }

    /// What was said, if `fromStart`, and what is said from now on; ends with the machine.
    func output(fromStart: Bool) -> AsyncStream<[UInt8]> {
        let (output, continuation) = AsyncStream.makeStream(
            of: [UInt8].self, bufferingPolicy: .bufferingNewest(Self.backlog))
        let id = state.withLock { state -> Int? in
            if fromStart, !state.log.isEmpty { continuation.yield(state.log) }
            if state.hasEnded { return nil }
            defer { state.next += 1 }
            state.listeners[state.next] = continuation
            return state.next
        }
        guard let id else {
            continuation.finish()
            return output
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: id) }
        }
        return output
    }

    /// Types.
    func write(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(line.number, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno != EINTR { return }
            sent += max(count, 0)
        }
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(line.number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            let bytes = Array(buffer[..<count])
            state.withLock { state in
                state.log += bytes
                if state.log.count > Self.logLimit { state.log.removeFirst(state.log.count - Self.logLimit / 2) }
                for listener in state.listeners.values { listener.yield(bytes) }
            }
        }
        let listeners = state.withLock { state in
            defer { state.listeners = [:] }
            state.hasEnded = true
            return state.listeners
        }
        for listener in listeners.values { listener.finish() }
    }
}
