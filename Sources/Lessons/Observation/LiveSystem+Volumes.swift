import ContainerRuntime
import Documents

/// What lessons see of volumes.
extension LiveSystem {
    func volumes(_ name: String?) async throws(ObservationError) -> [ObservedItem] {
        _ = try await reachable()
        do {
            return try await runtime.volumes().filter { name == nil || $0.name == name }.map { volume in
                ObservedItem(
                    identity: "\(volume.name)@\(volume.createdAt)",
                    document: [
                        "name": .string(volume.name), "users": .array(volume.users.map { .string($0) }),
                        "anonymous": .bool(volume.isAnonymous),
                    ])
            }
        } catch {
            throw ObservationError(reason: "the store of volumes does not answer: \(error)")
        }
    }
}
