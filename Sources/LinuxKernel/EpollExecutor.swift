import CLinux
import Glibc
import Synchronization

/// Runs an actor on a thread of its own that also waits for descriptors with epoll(7): what the actor does and what its
/// descriptors report happen one after the other on the same thread, without locks and without a task a descriptor.
///
/// The thread ends when the executor is released.
public final class EpollExecutor: SerialExecutor {
    public typealias Handler = @Sendable () -> Void

    /// What to wait for. Errors and hang-ups are always reported.
    public struct Events: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        public static let readable = Events(rawValue: EPOLLIN.rawValue | EPOLLRDHUP.rawValue)
        /// Of files of the kernel that tell of changes: what was read of them is no longer true.
        public static let priority = Events(rawValue: EPOLLPRI.rawValue)
        public static let writable = Events(rawValue: EPOLLOUT.rawValue)
        /// Reports changes only: the handler must go on until EAGAIN.
        public static let edgeTriggered = Events(rawValue: EPOLLET.rawValue)
    }

    private let loop: EpollLoop

    /// - Parameter name: what `ps -L` and debuggers show; at most 15 bytes count.
    public init(name: String) throws(Errno) {
        loop = try EpollLoop()
        let loop = loop
        KernelThread.start(name) { loop.run() }
    }

    deinit {
        loop.close()
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        loop.append(UnownedJob(job), executor: asUnownedSerialExecutor())
    }

    /// Handlers run outside of any job; this is how the runtime learns that they are isolated all the same.
    public func checkIsolated() {
        precondition(loop.isCurrentThread, "not on the thread of this executor")
    }

    /// Reports `events` of `descriptor` to `handler` on this thread, until
    /// `forget`. Watching a watched descriptor again replaces both.
    public func watch(_ descriptor: Int32, _ events: Events, _ handler: @escaping Handler) throws(Errno) {
        try loop.watch(descriptor, events.rawValue, handler)
    }

    /// To be called before the descriptor is closed.
    public func forget(_ descriptor: Int32) {
        loop.forget(descriptor)
    }
}

private final class EpollLoop: Sendable {
    private struct State {
        var jobs: [(UnownedJob, UnownedSerialExecutor)] = []
        var handlers: [Int32: EpollExecutor.Handler] = [:]
        var thread: pthread_t?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let epoll: Int32
    private let wakeup: Int32

    init() throws(Errno) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        if epoll < 0 { throw Errno.last }
        wakeup = kijabi_eventfd()
        if wakeup < 0 {
            let error = Errno.last
            Glibc.close(epoll)
            throw error
        }
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: wakeup))
        epoll_ctl(epoll, EPOLL_CTL_ADD, wakeup, &event)
    }

    deinit {
        Glibc.close(epoll)
        Glibc.close(wakeup)
    }

    var isCurrentThread: Bool {
        state.withLock { state in state.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    func append(_ job: UnownedJob, executor: UnownedSerialExecutor) {
        let wasEmpty = state.withLock { state in
            state.jobs.append((job, executor))
            return state.jobs.count == 1
        }
        if wasEmpty { wake() }
    }

    func close() {
        state.withLock { $0.isClosed = true }
        wake()
    }

    func watch(_ descriptor: Int32, _ events: UInt32, _ handler: @escaping EpollExecutor.Handler) throws(Errno) {
        let isNew = state.withLock { $0.handlers.updateValue(handler, forKey: descriptor) == nil }
        var event = epoll_event(events: events, data: epoll_data_t(fd: descriptor))
        if epoll_ctl(epoll, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event) != 0 {
            let error = Errno.last
            _ = state.withLock { $0.handlers.removeValue(forKey: descriptor) }
            throw error
        }
    }

    func forget(_ descriptor: Int32) {
        _ = state.withLock { $0.handlers.removeValue(forKey: descriptor) }
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
    }

    func run() {
        state.withLock { $0.thread = pthread_self() }
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let count = epoll_wait(epoll, &events, Int32(events.count), -1)
            for event in events.prefix(Int(max(0, count))) {
                if event.data.fd == wakeup {
                    var counter: UInt64 = 0
                    read(wakeup, &counter, 8)
                } else if let handler = state.withLock({ $0.handlers[event.data.fd] }) {
                    handler()
                }
            }
            let (jobs, isClosed) = state.withLock { state in
                defer { state.jobs.removeAll(keepingCapacity: true) }
                return (state.jobs, state.isClosed)
            }
            // Whoever enqueued a job keeps the executor alive until it has run.
            for (job, executor) in jobs { job.runSynchronously(on: executor) }
            if isClosed, jobs.isEmpty { return }
        }
    }

    private func wake() {
        var one: UInt64 = 1
        write(wakeup, &one, 8)
    }
}
