import Documents

/// Manifests of one image for several platforms (OCI image-spec, image-index.md; docker's manifest list is the same in other
/// words).
public struct ImageIndex: Sendable, Hashable {
    public static let mediaType = "application/vnd.oci.image.index.v1+json"

    public struct Entry: Sendable, Hashable {
        public var descriptor: ContentDescriptor
        /// Nil where it is not said.
        public var platform: Platform?
        public var annotations: [String: String]
    }

    public var entries: [Entry]

    /// - Throws: `.notJSON`, `.missing`, `.wrongType` with the path of the field.
    public init(parsing bytes: [UInt8]) throws(OCIParseError) {
        let document = try OCIParseError.document(bytes)
        guard document["schemaVersion"]?.int == 2 else { throw .wrongType(field: "schemaVersion", expected: "2") }
        entries = []
        let list = try OCIParseError.require(document, "manifests", \.array, "an array")
        for (index, item) in list.enumerated() {
            var annotations: [String: String] = [:]
            for (key, value) in item["annotations"]?.object ?? [:] { annotations[key] = value.string }
            entries.append(
                Entry(
                    descriptor: try ContentDescriptor(item, field: "manifests[\(index)]"),
                    platform: Platform(item["platform"]), annotations: annotations))
        }
    }

    /// The entry for a platform: the nearest of those that run there, the first of equals. Nil if there is none.
    public func entry(for platform: Platform) -> Entry? {
        let candidates = entries.filter { $0.platform.map(platform.runs) ?? false }
        return candidates.first { $0.platform == platform }
            ?? candidates.max { ($0.platform?.variant ?? "") < ($1.platform?.variant ?? "") }
    }
}
