import ContainerRuntime
import Documents
import OCI

/// What is kept of a step that was run: which layer it made, and when.
struct StepRecord: Sendable {
    /// `CacheKey`
    var key: String
    /// The instruction, for people.
    var description: String
    /// Nil where it changed no file.
    var layer: (diffID: Digest, descriptor: ContentDescriptor)?
    /// Bytes of the layer's files.
    var size: Int
    /// Seconds since 1970; the date of the layer in the history of images.
    var createdAt: Int
    var lastUsedAt: Double = 0

    init(key: String, description: String, layer: StoredLayer?, createdAt: Int) {
        self.key = key
        self.description = description
        self.layer = layer.map { ($0.diffID, $0.descriptor) }
        size = layer?.size ?? 0
        self.createdAt = createdAt
    }

    /// - Returns: nil for what is no record of ours: then the step is run again.
    init?(key: String, parsing bytes: [UInt8]) {
        guard let document = try? JSONValue(parsing: bytes), let created = document["created"]?.int else { return nil }
        self.key = key
        description = document["description"]?.string ?? ""
        size = document["size"]?.int ?? 0
        createdAt = created
        guard let layer = document["layer"], !layer.isNull else { return }
        guard let diffID = layer["diffID"]?.string.flatMap({ Digest($0) }),
            let digest = layer["digest"]?.string.flatMap({ Digest($0) }), let length = layer["size"]?.int
        else { return nil }
        self.layer = (
            diffID,
            ContentDescriptor(
                mediaType: layer["mediaType"]?.string ?? ImageManifest.layerMediaType, digest: digest, size: length)
        )
    }

    var document: JSONValue {
        var document: JSONValue = [
            "description": .string(description), "size": .integer(size), "created": .integer(createdAt),
        ]
        if let layer {
            document["layer"] = [
                "diffID": .string(layer.diffID.description), "digest": .string(layer.descriptor.digest.description),
                "size": .integer(layer.descriptor.size), "mediaType": .string(layer.descriptor.mediaType),
            ]
        }
        return document
    }

    var entry: BuildCacheEntry {
        BuildCacheEntry(
            key: key, description: description, size: size, createdAt: Double(createdAt), lastUsedAt: lastUsedAt,
            isShared: false)
    }
}
