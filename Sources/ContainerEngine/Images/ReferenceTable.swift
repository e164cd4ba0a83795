import ContainerRuntime
import Documents
import OCI

/// Which names the store knows and what they stand for, and which images it has: the file `references.json`.
struct ReferenceTable {
    struct Entry {
        /// Of the manifest.
        var manifest: Digest
        /// What the recipe depended on when it made the image; nil if no recipe made it.
        var fingerprint: String?
    }

    /// What a manifest does not say, because its bytes are somebody else's.
    struct Image {
        /// How it came here.
        var origin: String?
        /// Bytes of its files.
        var size: Int?
        /// Seconds since 1970: when it came.
        var addedAt: Int?
        /// The image it was built or committed on.
        var parent: Digest?
        /// What registries know it by.
        var repositoryDigests: Set<String> = []
    }

    /// By whole name (`docker.io/library/busybox:latest`).
    var entries: [String: Entry] = [:]
    /// By the digest of the manifest: all images, those without a name too.
    var images: [Digest: Image] = [:]
    /// Bytes of the files of each layer, by its diff id.
    var layerSizes: [Digest: Int] = [:]

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
            images[manifest] = Image()
        }
        for (key, value) in document["images"]?.object ?? [:] {
            guard let digest = Digest(key) else {
                throw .wrongType(field: "images.\(key)", expected: "a sha256 digest")
            }
            images[digest] = Image(
                origin: value["origin"]?.string, size: value["size"]?.int, addedAt: value["added"]?.int,
                parent: value["parent"]?.string.flatMap { Digest($0) },
                repositoryDigests: Set((value["repositoryDigests"]?.array ?? []).compactMap(\.string)))
        }
        for (key, value) in document["layers"]?.object ?? [:] {
            if let digest = Digest(key), let size = value.int { layerSizes[digest] = size }
        }
    }

    var document: JSONValue {
        let references = entries.sorted { $0.key < $1.key }.map { name, entry in
            var value: JSONValue = ["manifest": .string(entry.manifest.description)]
            value["fingerprint"] = entry.fingerprint.map { .string($0) }
            return (key: name, value: value)
        }
        let images = images.sorted { $0.key.hex < $1.key.hex }.map { digest, image in
            var value: JSONValue = [:]
            value["origin"] = image.origin.map { .string($0) }
            value["size"] = image.size.map { .integer($0) }
            value["added"] = image.addedAt.map { .integer($0) }
            value["parent"] = image.parent.map { .string($0.description) }
            if !image.repositoryDigests.isEmpty {
                value["repositoryDigests"] = .array(image.repositoryDigests.sorted().map { .string($0) })
            }
            return (key: digest.description, value: value)
        }
        let layers = layerSizes.sorted { $0.key.hex < $1.key.hex }.map {
            (key: $0.key.description, value: JSONValue.integer($0.value))
        }
        return [
            "version": 2, "references": .object(JSONObject(references)), "images": .object(JSONObject(images)),
            "layers": .object(JSONObject(layers)),
        ]
    }

    /// The names of an image, sorted.
    func names(of manifest: Digest) -> [String] {
        entries.filter { $0.value.manifest == manifest }.map(\.key).sorted()
    }
}
