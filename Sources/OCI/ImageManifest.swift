public import Documents

/// What a content address points at (OCI image-spec, descriptor.md).
public struct ContentDescriptor: Sendable, Hashable {
    public var mediaType: String
    public var digest: Digest
    /// Bytes.
    public var size: Int

    public init(mediaType: String, digest: Digest, size: Int) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
    }

    init(_ document: JSONValue, field: String) throws(OCIParseError) {
        mediaType = try OCIParseError.require(document, field + ".mediaType", \.string, "a string")
        let text = try OCIParseError.require(document, field + ".digest", \.string, "a string")
        guard let digest = Digest(text) else {
            throw .wrongType(field: field + ".digest", expected: "sha256: and 64 hexadecimal digits")
        }
        self.digest = digest
        size = try OCIParseError.require(document, field + ".size", \.int, "an integer")
        guard size >= 0 else { throw .wrongType(field: field + ".size", expected: "no negative number") }
    }

    public var document: JSONValue {
        ["mediaType": .string(mediaType), "digest": .string(digest.description), "size": .integer(size)]
    }
}

/// An image manifest (OCI image-spec, manifest.md): a configuration and its layers, bottom first.
public struct ImageManifest: Sendable, Hashable {
    public static let mediaType = "application/vnd.oci.image.manifest.v1+json"
    /// Of an uncompressed layer.
    public static let layerMediaType = "application/vnd.oci.image.layer.v1.tar"

    public var configuration: ContentDescriptor
    public var layers: [ContentDescriptor]
    public var annotations: [String: String]

    public init(configuration: ContentDescriptor, layers: [ContentDescriptor], annotations: [String: String] = [:]) {
        self.configuration = configuration
        self.layers = layers
        self.annotations = annotations
    }

    /// - Throws: `.notJSON`, `.missing`, `.wrongType` with the path of the field.
    public init(parsing bytes: [UInt8]) throws(OCIParseError) {
        let document = try OCIParseError.document(bytes)
        guard document["schemaVersion"]?.int == 2 else { throw .wrongType(field: "schemaVersion", expected: "2") }
        configuration = try ContentDescriptor(document["config"] ?? .null, field: "config")
        layers = []
        let list = try OCIParseError.require(document, "layers", \.array, "an array")
        for (index, layer) in list.enumerated() {
            layers.append(try ContentDescriptor(layer, field: "layers[\(index)]"))
        }
        annotations = [:]
        for (key, value) in document["annotations"]?.object ?? [:] { annotations[key] = value.string }
    }

    public var document: JSONValue {
        var document: JSONValue = [
            "schemaVersion": 2, "mediaType": .string(Self.mediaType), "config": configuration.document,
            "layers": .array(layers.map(\.document)),
        ]
        if !annotations.isEmpty {
            let sorted = annotations.sorted { $0.key < $1.key }
            document["annotations"] = .object(
                JSONObject(sorted.map { (key: $0.key, value: JSONValue.string($0.value)) }))
        }
        return document
    }
}
