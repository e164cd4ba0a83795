public import KubernetesAPI
import ObjectStore

/// One write to an object, as the store remembers it.
public struct HistoryEntry: Sendable {
    /// The revision that the write made; the object's `resourceVersion` since then.
    public let revision: Int
    /// What led to it.
    public let cause: String
    public let time: Timestamp
    public let resource: APIResource
    public let key: ObjectKey
    /// The object after the write; nil where it was removed.
    public let object: KubernetesObject?
    /// The object before; nil where it was created.
    public let previous: KubernetesObject?
}

extension APIServer {
    /// The revision of the newest write.
    public var currentRevision: Int { store.currentRevision }

    /// The remembered writes to an object, or to all of a resource, oldest first.
    /// - Parameters:
    ///   - namespace: nil for all, and for resources without namespaces
    ///   - name: nil for all
    ///   - revision: only writes after this one; all that are remembered if nil
    /// - Throws: `.expired` where the history does not reach back to `revision`.
    public func history(
        _ resource: APIResource, namespace: String? = nil, name: String? = nil, after revision: Int? = nil
    ) throws(Status) -> [HistoryEntry] {
        let prefix = Storage.prefix(resource, namespace: namespace)
        do throws(StoreError) {
            return try store.events(prefix: prefix, after: revision ?? store.oldestRevision).compactMap { event in
                guard let document = (event.entry ?? event.previous)?.value.document else { return nil }
                let key = KubernetesObject(document).key
                if let name, key.name != name { return nil }
                return HistoryEntry(
                    revision: event.revision, cause: event.cause, time: Timestamp(sinceEpoch: event.time),
                    resource: resource, key: key, object: event.entry.map { KubernetesObject($0.value.document) },
                    previous: event.previous.map { KubernetesObject($0.value.document) })
            }
        } catch {
            throw Storage.status(error, resource, name ?? "")
        }
    }

    /// An object as it was at a revision; nil where there was none.
    /// - Throws: `.expired` where the history does not reach back so far.
    public func object(_ resource: APIResource, namespace: String? = nil, name: String, at revision: Int)
        throws(Status) -> KubernetesObject?
    {
        do throws(StoreError) {
            return try store.get(Storage.key(resource, namespace: namespace, name: name), at: revision)
                .map { KubernetesObject($0.value.document) }
        } catch {
            throw Storage.status(error, resource, name)
        }
    }
}
