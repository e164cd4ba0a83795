import ContainerRuntime
import Documents
import Glibc
import OCI

/// Which names the store knows and what they stand for: the file `references.json`.
struct ReferenceTable {
    struct Entry {
        /// Of the manifest.
        var manifest: Digest
        /// What the recipe depended on when it made the image; nil if no recipe made it.
        var fingerprint: String?
    }

    /// By whole name (`docker.io/library/busybox:latest`).
    var entries: [String: Entry] = [:]

    init() {}

    init(parsing bytes: [UInt8]) throws(OCIParseError) {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw .notJSON(error)
        }
        guard let references = document["references"]?.object else { throw .missing(field: "references") }
        for (name, value) in references {
            guard let manifest = value["manifest"]?.string.flatMap({ Digest($0) }) else {
                throw .wrongType(field: "references.\(name).manifest", expected: "a sha256 digest")
            }
            entries[name] = Entry(manifest: manifest, fingerprint: value["fingerprint"]?.string)
        }
    }

    var document: JSONValue {
        let members = entries.sorted { $0.key < $1.key }.map { name, entry in
            var value: JSONValue = ["manifest": .string(entry.manifest.description)]
            value["fingerprint"] = entry.fingerprint.map { .string($0) }
            return (key: name, value: value)
        }
        return ["version": 1, "references": .object(JSONObject(members))]
    }
}
