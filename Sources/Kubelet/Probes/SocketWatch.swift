import Glibc
import Synchronization

/// Tells when sockets can be read or written: one thread in poll(2) for all probes of a kubelet, so that none of them
/// holds a thread of the cooperative pool.
final class SocketWatch: Sendable {
    enum Direction: Sendable { case input, output }

    private struct Entry {
        let descriptor: Int32
        let direction: Direction
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var waiting: [UInt64: Entry] = [:]
        var nextTicket: UInt64 = 1
        var isRunning = false
    }

    /// A byte here makes the thread look at the entries anew.
    private let wakeReader: Int32
    private let wakeWriter: Int32
    private let state = Mutex(State())

    init() {
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (wakeReader, wakeWriter) = (ends[0], ends[1])
    }

    deinit {
        close(wakeReader)
        close(wakeWriter)
    }

    /// Waits until `descriptor` is ready, or has failed, which the next call on it tells.
    /// - Returns: false where the task was cancelled before.
    func wait(for direction: Direction, on descriptor: Int32) async -> Bool {
        let ticket = state.withLock { state in
            defer { state.nextTicket += 1 }
            return state.nextTicket
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let entry = Entry(descriptor: descriptor, direction: direction, continuation: continuation)
                let isCancelled = state.withLock { state in
                    guard !Task.isCancelled else { return true }
                    state.waiting[ticket] = entry
                    return false
                }
                if isCancelled { return continuation.resume(returning: false) }
                startThread()
                wake()
            }
        } onCancel: {
            finish(ticket, isReady: false)
            wake()
        }
    }

    private func finish(_ ticket: UInt64, isReady: Bool) {
        let entry = state.withLock { $0.waiting.removeValue(forKey: ticket) }
        entry?.continuation.resume(returning: isReady)
    }

    private func wake() {
        var byte: UInt8 = 0
        _ = write(wakeWriter, &byte, 1)
    }

    /// The thread lives while somebody waits, and owns a reference as long.
    private func startThread() {
        let isNew = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isNew else { return }
        let context = Unmanaged.passRetained(self).toOpaque()
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<SocketWatch>.fromOpaque(context).takeRetainedValue().loop()
                return nil
            }, context)
        if failure == 0 {
            pthread_detach(thread)
        } else {
            Unmanaged<SocketWatch>.fromOpaque(context).release()
            let entries = state.withLock { state in
                defer { state.waiting = [:] }
                state.isRunning = false
                return state.waiting.values.map(\.continuation)
            }
            for continuation in entries { continuation.resume(returning: false) }
        }
    }

    /// A second without anybody waiting ends the thread, so that a cluster at rest has none.
    private func loop() {
        while true {
            let tickets: [(ticket: UInt64, entry: Entry)] = state.withLock { $0.waiting.map { ($0.key, $0.value) } }
            var polled = [pollfd(fd: wakeReader, events: Int16(POLLIN), revents: 0)]
            for (_, entry) in tickets {
                let events = entry.direction == .input ? POLLIN : POLLOUT
                polled.append(pollfd(fd: entry.descriptor, events: Int16(events), revents: 0))
            }
            let count = poll(&polled, nfds_t(polled.count), tickets.isEmpty ? 1000 : -1)
            if polled[0].revents != 0 {
                var bytes = [UInt8](repeating: 0, count: 64)
                while read(wakeReader, &bytes, bytes.count) > 0 {}
            }
            for (index, element) in tickets.enumerated() where polled[index + 1].revents != 0 {
                finish(element.ticket, isReady: true)
            }
            guard count == 0 else { continue }
            let isOver = state.withLock { state in
                guard state.waiting.isEmpty else { return false }
                state.isRunning = false
                return true
            }
            if isOver { return }
        }
    }
}
