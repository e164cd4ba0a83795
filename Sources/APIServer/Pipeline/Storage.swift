import KubernetesAPI
import ObjectStore

/// The last stage: objects under keys of the store, with the store's revision written into them.
///
/// A key is `pods/default/web`, `deployments.apps/default/web` or `nodes/node-1`. What is read shares the store's own
/// document, so reading costs no copy whoever reads.
struct Storage: Sendable {
    let store: ObjectStore

    static func prefix(_ resource: APIResource, namespace: String?) -> String {
        guard resource.isNamespaced, let namespace, !namespace.isEmpty else { return "\(resource.qualifiedPlural)/" }
        return "\(resource.qualifiedPlural)/\(namespace)/"
    }

    static func key(_ resource: APIResource, namespace: String?, name: String) -> String {
        prefix(resource, namespace: namespace) + name
    }

    func get(_ resource: APIResource, namespace: String?, name: String) throws(Status) -> KubernetesObject? {
        do throws(StoreError) {
            return try store.get(Self.key(resource, namespace: namespace, name: name)).map {
                KubernetesObject($0.value.document)
            }
        } catch {
            throw Self.status(error, resource, name)
        }
    }

    func create(_ resource: APIResource, _ object: KubernetesObject, cause: String) throws(Status) -> KubernetesObject {
        try put(resource, object, if: .absent, cause: cause)
    }

    /// - Parameter current: what is replaced; the write fails if that is not the newest any more.
    func replace(
        _ resource: APIResource, _ object: KubernetesObject, replacing current: KubernetesObject, cause: String
    ) throws(Status) -> KubernetesObject {
        try put(resource, object, if: Self.precondition(current), cause: cause)
    }

    /// Removes an object for good.
    /// - Returns: the object as it was when it went, with the revision of its removal.
    func remove(
        _ resource: APIResource, _ object: KubernetesObject, replacing current: KubernetesObject, cause: String
    ) throws(Status) -> KubernetesObject {
        do throws(StoreError) {
            let key = Self.key(resource, namespace: current.namespace, name: current.name)
            let event = try store.delete(key, if: Self.precondition(current), cause: cause)
            var last = object
            last.resourceVersion = String(event.revision)
            return last
        } catch {
            throw Self.status(error, resource, current.name)
        }
    }

    private func put(
        _ resource: APIResource, _ object: KubernetesObject, if precondition: WritePrecondition, cause: String
    ) throws(Status) -> KubernetesObject {
        do throws(StoreError) {
            let key = Self.key(resource, namespace: object.namespace, name: object.name)
            let event = try store.put(key, if: precondition, cause: cause) { revision in
                var stamped = object
                stamped.resourceVersion = String(revision)
                return StoredValue(stamped.document)
            }
            return event.entry.map { KubernetesObject($0.value.document) } ?? object
        } catch {
            throw Self.status(error, resource, object.name)
        }
    }

    private static func precondition(_ current: KubernetesObject) -> WritePrecondition {
        Revision(current.resourceVersion).map { .revision($0) } ?? .present
    }

    static func status(_ error: StoreError, _ resource: APIResource, _ name: String) -> Status {
        switch error {
        case .exists: .alreadyExists(resource, name)
        case .notFound: .notFound(resource, name)
        case .modified: .conflict(resource, name)
        case .compacted(let oldest):
            Status(.expired, "too old resource version: history before \(oldest) has been compacted")
        case .future(let current):
            Status(.timeout, "Too large resource version, current: \(current)")
        }
    }
}
