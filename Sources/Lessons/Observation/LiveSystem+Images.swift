import ContainerRuntime
import Documents

/// What lessons see of images.
extension LiveSystem {
    func images(_ reference: String?) async throws(ObservationError) -> [ObservedItem] {
        try await reachable().filter { image in
            guard let reference else { return true }
            return image.references.contains(reference) || image.references.contains("\(reference):latest")
        }.map { image in
            let digits = image.id.split(separator: ":").last ?? ""
            return ObservedItem(
                identity: image.id,
                document: [
                    "id": .string(image.id), "shortId": .string(String(digits.prefix(12))),
                    "references": .array(image.references.map { .string($0) }), "size": .integer(image.size),
                ])
        }
    }
}
