import KubernetesAPI

extension KubernetesClient {
    /// Asks for the deletion of exactly this object. That it is gone already is as good.
    func deleteIfPresent(
        _ resource: APIResource, _ object: KubernetesObject, gracePeriodSeconds: Int? = nil,
        propagation: DeleteOptions.Propagation = .background
    ) async throws(Status) {
        let options = DeleteOptions(
            gracePeriodSeconds: gracePeriodSeconds, propagation: propagation, preconditionUID: object.uid)
        do {
            _ = try await delete(
                resource, namespace: resource.isNamespaced ? object.namespace : nil, name: object.name, options)
        } catch  where error.reason == .notFound {
            return
        }
    }

    /// The object as it is now; nil where there is none.
    func getIfPresent(_ resource: APIResource, _ key: ObjectKey) async throws(Status) -> KubernetesObject? {
        do {
            return try await get(resource, namespace: resource.isNamespaced ? key.namespace : nil, name: key.name)
        } catch  where error.reason == .notFound {
            return nil
        }
    }
}
