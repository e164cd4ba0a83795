public import Documents

/// An image configuration (OCI image-spec, config.md; media type `application/vnd.oci.image.config.v1+json`).
/// A view over its document: members nobody here knows survive.
public struct ImageConfiguration: Sendable, Hashable {
    public static let mediaType = "application/vnd.oci.image.config.v1+json"

    public var document: JSONValue

    /// An empty configuration for a platform in Go's words (`amd64`, `linux`).
    public init(architecture: String, operatingSystem: String = "linux") {
        document = [
            "architecture": .string(architecture), "os": .string(operatingSystem), "config": [:],
            "rootfs": ["type": "layers", "diff_ids": []], "history": [],
        ]
    }

    /// - Throws: `.notJSON`, `.missing`, `.wrongType` with the path of the field.
    public init(parsing bytes: [UInt8]) throws(OCIParseError) {
        document = try OCIParseError.document(bytes)
        try OCIParseError.require(document, "architecture", \.string, "a string")
        try OCIParseError.require(document, "os", \.string, "a string")
        let layers = try OCIParseError.require(document["rootfs"] ?? .null, "rootfs.diff_ids", \.array, "an array")
        for layer in layers where layer.string.flatMap({ Digest($0) }) == nil {
            throw .wrongType(field: "rootfs.diff_ids", expected: "an array of sha256 digests")
        }
        for field in ["Entrypoint", "Cmd", "Env"] {
            guard let value = document.at("config", field), !value.isNull else { continue }
            guard let array = value.array, array.allSatisfy({ $0.string != nil }) else {
                throw .wrongType(field: "config.\(field)", expected: "an array of strings")
            }
        }
    }

    public var architecture: String { document["architecture"]?.string ?? "" }

    /// RFC 3339, or nil.
    public var created: String? {
        get { document["created"]?.string }
        set { document["created"] = newValue.map { .string($0) } }
    }
    public var entrypoint: [String] {
        get { strings("Entrypoint") }
        set { document["config"]["Entrypoint"] = newValue.isEmpty ? nil : .strings(newValue) }
    }
    public var command: [String] {
        get { strings("Cmd") }
        set { document["config"]["Cmd"] = newValue.isEmpty ? nil : .strings(newValue) }
    }
    /// `NAME=value`
    public var environment: [String] {
        get { strings("Env") }
        set { document["config"]["Env"] = newValue.isEmpty ? nil : .strings(newValue) }
    }
    public var workingDirectory: String {
        get { document.at("config", "WorkingDir")?.string ?? "" }
        set { document["config"]["WorkingDir"] = newValue.isEmpty ? nil : .string(newValue) }
    }
    public var user: String {
        get { document.at("config", "User")?.string ?? "" }
        set { document["config"]["User"] = newValue.isEmpty ? nil : .string(newValue) }
    }
    public var labels: [String: String] {
        get {
            var labels: [String: String] = [:]
            for (key, value) in document.at("config", "Labels")?.object ?? [:] { labels[key] = value.string }
            return labels
        }
        set {
            let members = newValue.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue.string($0.value)) }
            document["config"]["Labels"] = members.isEmpty ? nil : .object(JSONObject(members))
        }
    }
    /// The digests of the uncompressed layers, bottom first.
    public var layers: [Digest] {
        (document.at("rootfs", "diff_ids")?.array ?? []).compactMap { $0.string.flatMap { Digest($0) } }
    }

    /// Puts a layer on top and writes its line of history.
    public mutating func append(layer: Digest, createdBy: String, comment: String? = nil) {
        document["rootfs"]["diff_ids"] = .array(
            (document.at("rootfs", "diff_ids")?.array ?? []) + [.string(layer.description)])
        appendHistory(createdBy: createdBy, isEmpty: false, comment: comment)
    }

    /// Writes a line of history; `isEmpty` for one that made no layer.
    public mutating func appendHistory(createdBy: String, isEmpty: Bool, comment: String? = nil) {
        var line: JSONValue = [:]
        line["created"] = created.map { .string($0) }
        line["created_by"] = .string(createdBy)
        if let author { line["author"] = .string(author) }
        if let comment { line["comment"] = .string(comment) }
        if isEmpty { line["empty_layer"] = true }
        document["history"] = .array((document["history"]?.array ?? []) + [line])
    }

    private func strings(_ field: String) -> [String] {
        (document.at("config", field)?.array ?? []).compactMap(\.string)
    }
}

extension JSONValue {
    static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
}
