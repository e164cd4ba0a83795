internal import Synchronization

/// A watch: the events under a prefix, in order, none missing and none twice.
///
/// It has one reader. It ends when it is cancelled, when the reading task is cancelled, or when nobody holds it any more.
/// It throws `StoreError.compacted` where its reader was so slow that the history it still needed is gone.
public final class StoreWatch: Sendable {
    private let store: ObjectStore
    private let id: Int

    init(store: ObjectStore, id: Int) {
        self.store = store
        self.id = id
    }

    deinit { cancel() }

    /// Everything that matches up to this revision has been delivered (for bookmarks). Nil once the watch has ended.
    public var progress: Revision? {
        store.state.withLock { state in state.watchers[id]?.progress(current: state.log.current) }
    }

    /// Ends the watch; a waiting reader gets nil. Events that are still buffered are dropped.
    public func cancel() {
        let reader = store.state.withLock { state in state.watchers.removeValue(forKey: id)?.reader }
        reader?.resume()
    }

    /// The next events, at least one; waits for them. Nil once the watch has ended.
    /// - Throws: `StoreError.compacted`, which also ends the watch.
    public func nextEvents() async throws(StoreError) -> [StoreEvent]? {
        while true {
            if Task.isCancelled {
                cancel()
                return nil
            }
            let events = try take()
            guard let events, events.isEmpty else { return events }
            await waitForEvents()
        }
    }

    /// What can be had without waiting; nil once the watch has ended.
    private func take() throws(StoreError) -> [StoreEvent]? {
        do {
            return try store.state.withLock { state throws(StoreError) in
                try state.watchers[id]?.take(from: state.log, limit: store.watchBufferLimit)
            }
        } catch {
            cancel()
            throw error
        }
    }

    private func waitForEvents() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { reader in
                let hasNothingToWaitFor = store.state.withLock { state in
                    guard let watcher = state.watchers[id], watcher.isSynced, watcher.buffer.isEmpty else {
                        return true
                    }
                    precondition(watcher.reader == nil, "a watch has one reader")
                    watcher.reader = reader
                    return false
                }
                if hasNothingToWaitFor { reader.resume() }
            }
        } onCancel: {
            cancel()
        }
    }
}

extension StoreWatch: AsyncSequence {
    public struct AsyncIterator: AsyncIteratorProtocol {
        let watch: StoreWatch
        private var events: ArraySlice<StoreEvent> = []

        init(watch: StoreWatch) { self.watch = watch }

        public mutating func next() async throws(StoreError) -> StoreEvent? {
            try await next(isolation: nil)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(StoreError) -> StoreEvent? {
            if let event = events.popFirst() { return event }
            events = try await watch.nextEvents()?[...] ?? []
            return events.popFirst()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(watch: self)
    }
}
