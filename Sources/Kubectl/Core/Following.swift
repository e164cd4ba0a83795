import KubernetesAPI
import Terminal

extension Call {
    /// Hands every change to `body` until it says false. A watch that has become too old starts anew.
    func follow(
        _ resource: APIResource, _ namespace: String?, _ options: ListOptions,
        _ body: (WatchEvent) async throws -> Bool
    ) async throws {
        var options = options
        while true {
            do {
                for try await event in try await client.watch(resource, namespace: namespace, options) {
                    if let version = event.object?.resourceVersion { options.resourceVersion = version }
                    guard try await body(event) else { return }
                }
                try Task.checkCancellation()
                return
            } catch let status as Status where status.reason == .expired || status.reason == .gone {
                options.resourceVersion = nil
            }
        }
    }

    /// Waits until `condition` holds for an object, looking at every state it takes on; nil stands for its absence.
    /// - Parameter limit: how long at most; nil for ever
    /// - Returns: false if time ran out first
    func waitFor(
        _ target: Target, limit: Duration?, _ condition: @escaping @Sendable (KubernetesObject?) throws -> Bool
    ) async throws -> Bool {
        let client = client
        let selection = ListOptions(fieldSelector: .equals("metadata.name", target.name))
        // What holds already needs no time.
        let now = try await client.list(target.resource, namespace: target.namespace, selection)
        if try condition(now.items.first) { return true }
        return try await withLimit(limit) {
            while true {
                var options = selection
                let list = try await client.list(target.resource, namespace: target.namespace, options)
                if try condition(list.items.first) { return true }
                options.resourceVersion = list.resourceVersion
                do {
                    for try await event in try await client.watch(
                        target.resource, namespace: target.namespace, options)
                    {
                        switch event {
                        case .added(let object), .modified(let object):
                            if try condition(object) { return true }
                        case .deleted: if try condition(nil) { return true }
                        case .bookmark: break
                        }
                    }
                    try Task.checkCancellation()
                    return false
                } catch let status as Status where status.reason == .expired || status.reason == .gone {
                    // Too far behind: look anew.
                }
            }
        }
    }

    /// The work's result, or false if `limit` passes first; then the work is cancelled.
    func withLimit(_ limit: Duration?, _ work: @escaping @Sendable () async throws -> Bool) async throws -> Bool {
        guard let limit else { return try await work() }
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }
}
