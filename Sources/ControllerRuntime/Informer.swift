public import KubernetesAPI
import Synchronization

/// A change that an informer tells its handlers.
public enum ObjectChange: Sendable {
    case added(KubernetesObject)
    case updated(old: KubernetesObject, new: KubernetesObject)
    /// The last state that was known.
    case deleted(KubernetesObject)

    /// The object as it is now, or was last.
    public var object: KubernetesObject {
        switch self {
        case .added(let object), .updated(_, let object), .deleted(let object): object
        }
    }

    public var isDeletion: Bool {
        if case .deleted = self { true } else { false }
    }
}

/// Keeps a `Lister` in step with the server by list and watch, and tells handlers what changed (client-go's
/// `SharedIndexInformer`).
///
/// A watch that ends is taken up again where it stopped; where that revision is gone (410) everything is listed anew and
/// the difference told. Failures are retried with back-off. Between changes nothing runs.
///
/// Handlers are called one after the other in the order of the changes, after the lister has been brought up to date.
/// They must be quick and must not add handlers; usually they put a key into a `WorkQueue`.
public final class Informer: Sendable {
    public let resource: APIResource
    public let lister = Lister()

    private let client: any KubernetesClient
    private let namespace: String?
    private let options: ListOptions
    private let clock: any ControllerClock
    private let backoff: Backoff
    private let synced = Latch()
    /// Held while a change is applied and told, so that a handler which is added sees each object exactly once.
    /// Lock order: this, then the lister's, then those of queues.
    private let handlers = Mutex<[@Sendable (ObjectChange) -> Void]>([])

    /// - Parameters:
    ///   - namespace: nil for all namespaces.
    ///   - options: label and field selectors; anything else in it is ignored.
    public init(
        _ resource: APIResource, client: any KubernetesClient, namespace: String? = nil,
        options: ListOptions = ListOptions(), indexes: [ObjectIndex] = [], clock: any ControllerClock,
        backoff: Backoff = .watch
    ) {
        self.resource = resource
        self.client = client
        self.namespace = namespace
        self.options = options
        self.clock = clock
        self.backoff = backoff
        for index in indexes { lister.add(index: index) }
    }

    /// The first list is complete and has been told.
    public var hasSynced: Bool { synced.isOpen }

    /// Returns when the first list is complete, or when the task is cancelled.
    public func waitForSync() async { await synced.opened() }

    public func add(index: ObjectIndex) { lister.add(index: index) }

    /// From now on tells `handler` every change, beginning with an `added` for each object that is there.
    public func addHandler(_ handler: @escaping @Sendable (ObjectChange) -> Void) {
        handlers.withLock { handlers in
            for object in lister.list() { handler(.added(object)) }
            handlers.append(handler)
        }
    }

    /// Returns when every change that the lister shows has been told to the handlers, for those who want to know
    /// whether everything has come to rest.
    public func waitForDelivery() {
        handlers.withLock { _ in }
    }

    /// Lists and watches until the task is cancelled.
    public func run() async {
        var revision: String?
        var failures = 0
        while !Task.isCancelled {
            do {
                let start: String
                if let revision { start = revision } else { start = try await relist() }
                revision = start
                try await follow(from: start) { reached in
                    revision = reached
                    failures = 0
                }
                // The server ended the watch, as it may; one that ends again without a word must not make us spin.
                if failures > 0 { try await clock.sleep(for: backoff.delay(failures: failures - 1)) }
                failures += 1
            } catch let status as Status where status.reason == .expired || status.reason == .gone {
                // The history we would need is gone, and a list does not need it.
                revision = nil
            } catch is CancellationError {
                return
            } catch {
                try? await clock.sleep(for: backoff.delay(failures: failures))
                failures += 1
            }
        }
    }

    private func relist() async throws(Status) -> String {
        let list = try await client.list(resource, namespace: namespace, options)
        apply(replacement: list.items)
        synced.open()
        return list.resourceVersion
    }

    private func follow(from revision: String, _ reached: (String) -> Void) async throws {
        var options = options
        options.resourceVersion = revision
        for try await event in try await client.watch(resource, namespace: namespace, options) {
            apply(event)
            switch event {
            case .added(let object), .modified(let object), .deleted(let object): reached(object.resourceVersion)
            case .bookmark(let revision): reached(revision)
            }
        }
        try Task.checkCancellation()
    }

    private func apply(_ event: WatchEvent) {
        handlers.withLock { handlers in
            let change: ObjectChange
            switch event {
            case .added(let object), .modified(let object):
                change = lister.store(object).map { .updated(old: $0, new: object) } ?? .added(object)
            case .deleted(let object):
                guard lister.remove(object.key) != nil else { return }
                change = .deleted(object)
            case .bookmark: return
            }
            for handler in handlers { handler(change) }
        }
    }

    private func apply(replacement objects: [KubernetesObject]) {
        handlers.withLock { handlers in
            var gone = Set(lister.keys)
            var changes: [ObjectChange] = []
            for object in objects {
                gone.remove(object.key)
                guard let old = lister.store(object) else {
                    changes.append(.added(object))
                    continue
                }
                if old.uid != object.uid {
                    changes.append(.deleted(old))
                    changes.append(.added(object))
                } else if old.resourceVersion != object.resourceVersion {
                    changes.append(.updated(old: old, new: object))
                }
            }
            for key in gone.sorted() {
                if let old = lister.remove(key) { changes.append(.deleted(old)) }
            }
            for change in changes {
                for handler in handlers { handler(change) }
            }
        }
    }
}
