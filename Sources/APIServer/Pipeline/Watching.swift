import KubernetesAPI
import ObjectStore
import Synchronization

extension APIServer {
    func watch(_ request: Request, _ options: ListOptions) throws(Status) -> WatchStream {
        let strategy = try begin(request)
        let selection = try Selection(options, strategy)
        let prefix = Storage.prefix(request.resource, namespace: request.namespace)
        var start: Revision?
        if let text = options.resourceVersion, !text.isEmpty, text != "0" {
            guard let asked = Revision(text), asked >= 0 else {
                throw Status(.badRequest, "invalid resource version \"\(text)\"")
            }
            start = asked
        }
        do throws(StoreError) {
            var initial: [WatchEvent] = []
            if start == nil {
                let range = try store.list(prefix: prefix)
                start = range.revision
                for entry in range.entries {
                    let object = KubernetesObject(entry.value.document)
                    if selection.isEverything || selection.matches(object) { initial.append(.added(object)) }
                }
                initial.append(.bookmark(resourceVersion: String(range.revision)))
            }
            let session = WatchSession(
                watch: try store.watch(prefix: prefix, after: start), selection: selection, initial: initial)
            return WatchStream { try await session.next() }
        } catch {
            throw Storage.status(error, request.resource, "")
        }
    }
}

/// One watcher: what waits to be delivered, and the store's watch from which more comes.
final class WatchSession: Sendable {
    private let watch: StoreWatch
    private let selection: Selection
    private let pending: Mutex<ArraySlice<WatchEvent>>

    init(watch: StoreWatch, selection: Selection, initial: [WatchEvent]) {
        self.watch = watch
        self.selection = selection
        pending = Mutex(initial[...])
    }

    /// The next event; nil once the watch has ended.
    /// - Throws: `Status` with `.expired` where the reader was too slow for the history that is kept.
    func next() async throws(Status) -> WatchEvent? {
        while true {
            if let event = pending.withLock({ $0.popFirst() }) { return event }
            do throws(StoreError) {
                guard let events = try await watch.nextEvents() else { return nil }
                let delivered = events.compactMap(event)
                pending.withLock { $0 = delivered[...] }
            } catch {
                throw Status(.expired, "too old resource version: the watch fell behind the history that is kept")
            }
        }
    }

    /// What a write means to this watcher: what begins to match is new to it, what ceases to match is gone.
    private func event(_ write: StoreEvent) -> WatchEvent? {
        let before = write.previous.map { KubernetesObject($0.value.document) }.flatMap(selected)
        let after = write.entry.map { KubernetesObject($0.value.document) }.flatMap(selected)
        switch (before, after) {
        case (nil, let after?): return .added(after)
        case (_?, let after?): return .modified(after)
        case (var before?, nil):
            // As it was last seen, at the revision of its end, so that a watch can go on from there.
            before.resourceVersion = String(write.revision)
            return .deleted(before)
        case (nil, nil): return nil
        }
    }

    private func selected(_ object: KubernetesObject) -> KubernetesObject? {
        selection.isEverything || selection.matches(object) ? object : nil
    }
}
