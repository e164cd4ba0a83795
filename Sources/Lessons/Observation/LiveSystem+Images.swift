import ContainerRuntime
import Documents

/// What lessons see of images, and of what containers make of them.
extension LiveSystem {
    func images(_ reference: String?) async throws(ObservationError) -> [ObservedItem] {
        _ = try await reachable()
        let all: [ImageDetails]
        do {
            all = try await runtime.imageDetails()
        } catch {
            throw ObservationError(reason: "the image store does not answer: \(error)")
        }
        return all.filter { image in
            guard let reference else { return true }
            let names = image.summary.references
            return names.contains(reference) || names.contains("\(reference):latest")
        }.map { image in
            let layers = image.layers.map { JSONValue.string($0.diffID) }
            let digits = image.summary.id.split(separator: ":").last ?? ""
            return ObservedItem(
                identity: image.summary.id,
                document: [
                    "id": .string(image.summary.id), "shortId": .string(String(digits.prefix(12))),
                    "references": .array(image.summary.references.map { .string($0) }),
                    "layers": .array(layers), "layerCount": .integer(layers.count),
                    "size": .integer(image.summary.size),
                ])
        }
    }

    func changes(of name: String) async throws(ObservationError) -> [ObservedItem] {
        _ = try await reachable()
        guard let status = try? await runtime.containerStatus(name),
            let changes = try? await runtime.changes(status.id)
        else { return [] }
        return changes.map {
            ObservedItem(
                identity: "\($0.kind.rawValue) \($0.path)",
                document: ["kind": .string($0.kind.rawValue), "path": .string($0.path)])
        }
    }
}
