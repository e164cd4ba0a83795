import Documents

/// What a manifest says it is, before anybody has decided how to read it.
public enum ManifestKind {
    /// The document's own `mediaType`; of an OCI document without one, what its members make it. Nil for neither.
    /// - Throws: `.notJSON`.
    public static func mediaType(_ bytes: [UInt8]) throws(OCIParseError) -> String? {
        let document = try OCIParseError.document(bytes)
        // One document must not be read in two ways (image-spec CVE-2021-41190).
        if document["manifests"] != nil, document["layers"] != nil || document["config"] != nil {
            throw .wrongType(field: "manifests", expected: "no layers beside it")
        }
        if let type = document["mediaType"]?.string, !type.isEmpty { return type }
        guard document["schemaVersion"]?.int == 2 else { return nil }
        if document["manifests"] != nil { return ImageIndex.mediaType }
        return document["config"] != nil ? ImageManifest.mediaType : nil
    }
}
