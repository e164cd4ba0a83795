import Documents
import KubernetesAPI

extension ObjectClaim {
    /// Writes the owner references that the claim asks for.
    ///
    /// Before the first adoption the owner is read anew: an owner that has just been deleted must not adopt.
    func carryOut(
        for owner: KubernetesObject, ownedBy ownerResource: APIResource, of resource: APIResource,
        through client: any KubernetesClient
    ) async throws(Status) {
        if !toAdopt.isEmpty {
            let live = try await client.get(ownerResource, namespace: owner.namespace, name: owner.name)
            guard live.uid == owner.uid, !live.isBeingDeleted else {
                throw Status.conflict(ownerResource, owner.name)
            }
        }
        for object in toAdopt {
            var adopted = object
            adopted.ownerReferences.append(OwnerReference(controller: owner))
            // The resource version makes sure that nobody adopted it meanwhile.
            _ = try await client.update(resource, adopted)
        }
        for object in toRelease {
            var released = object
            released.ownerReferences.removeAll { $0.uid == owner.uid }
            do {
                _ = try await client.update(resource, released)
            } catch  where error.reason == .notFound {
                continue
            }
        }
    }
}
