import CLinux
import Glibc
import LinuxKernel
import Synchronization

/// One thread that reads the output of all containers.
final class OutputPump: Sendable {
    private struct State {
        var sources: [UInt64: OutputSource] = [:]
        var next: UInt64 = 1
    }

    private let epoll: FileDescriptor
    private let ending: Pipe
    private let state = Mutex(State())
    /// The id of the pipe that ends the thread; sources count from 1.
    private static let end: UInt64 = 0

    init() throws(Errno) {
        epoll = FileDescriptor(owning: try checked { epoll_create1(Int32(EPOLL_CLOEXEC)) })
        ending = try Pipe()
        var event = epoll_event(events: EPOLLHUP.rawValue | EPOLLIN.rawValue, data: epoll_data_t(u64: Self.end))
        _ = try checked { epoll_ctl(epoll.number, EPOLL_CTL_ADD, ending.readEnd.number, &event) }
        KernelThread.start("container-output") { [self] in
            var events = [epoll_event](repeating: epoll_event(), count: 64)
            while true {
                let count = epoll_wait(epoll.number, &events, Int32(events.count), -1)
                if count < 0, errno != EINTR { return }
                for event in events.prefix(max(0, Int(count))) {
                    if event.data.u64 == Self.end { return }
                    handle(event.data.u64)
                }
            }
        }
    }

    /// Ends the thread, which else keeps the pump.
    func stop() {
        _ = write(ending.writeEnd.number, [1], 1)
    }

    /// Reads `source` from now on.
    /// - Returns: what `finish` wants.
    func add(_ source: OutputSource) -> UInt64 {
        let id = state.withLock { state in
            defer { state.next += 1 }
            state.sources[state.next] = source
            return state.next
        }
        source.whileOpen { watch(id, $0, EPOLL_CTL_ADD) }
        return id
    }

    /// Reads what is left and closes it. Safe from any thread.
    func finish(_ id: UInt64) {
        // Closing takes the descriptor off the epoll set.
        state.withLock { $0.sources.removeValue(forKey: id) }?.finish()
    }

    /// For one event, so that a source that pauses is not reported again and again. Fails only for want of memory.
    private func watch(_ id: UInt64, _ number: Int32, _ operation: Int32) {
        var event = epoll_event(events: EPOLLIN.rawValue | EPOLLONESHOT.rawValue, data: epoll_data_t(u64: id))
        epoll_ctl(epoll.number, operation, number, &event)
    }

    private func handle(_ id: UInt64) {
        guard let source = state.withLock({ $0.sources[id] }) else { return }
        let outcome = source.read(
            watch: { watch(id, $0, EPOLL_CTL_MOD) },
            resume: { [weak self] in
                guard let self else { return }
                source.whileOpen { self.watch(id, $0, EPOLL_CTL_MOD) }
            })
        if outcome == .ended { state.withLock { _ = $0.sources.removeValue(forKey: id) } }
    }
}
