import ContainerRuntime
import Documents
import Glibc
import LinuxKernel
import OCI

/// The files of an archive of images, unpacked. They are a stranger's: links in it lead nowhere but into it, and a document
/// is no longer than a document can be.
struct ImageArchive {
    let root: FileDescriptor
    /// Bytes of a manifest or configuration: registries take 4 MiB.
    static let documentLimit = 8 << 20

    func open(_ path: String) throws(RuntimeError) -> FileDescriptor {
        do throws(Errno) {
            let file = FileInContainer(root: root, path: path, flags: O_RDONLY, mode: 0)
            let opened = FileDescriptor(owning: try file.open())
            var status = stat()
            guard fstat(opened.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw Errno(EINVAL) }
            return opened
        } catch {
            throw .invalidArchive(reason: "\(path): \(error)")
        }
    }

    func read(_ path: String) throws(RuntimeError) -> [UInt8] {
        let file = try open(path)
        var bytes = [UInt8](repeating: 0, count: Self.documentLimit + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(file.number, $0.baseAddress.map { $0 + filled }, $0.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(stage: "read", errno: errno, path: path) }
            if count == 0 { break }
            filled += count
        }
        guard filled <= Self.documentLimit else { throw .invalidArchive(reason: "\(path): too long for a document") }
        return Array(bytes[..<filled])
    }

    /// Nil if there is no such file.
    func readIfPresent(_ path: String) throws(RuntimeError) -> [UInt8]? {
        guard faccessat(root.number, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        return try read(path)
    }

    /// A document of an OCI layout, which is what its digest says.
    func blob(_ descriptor: ContentDescriptor) throws(RuntimeError) -> [UInt8] {
        let bytes = try read("blobs/sha256/" + descriptor.digest.hex)
        guard Digest(of: bytes) == descriptor.digest else {
            throw .invalidArchive(reason: "blob is not what its digest says: \(descriptor.digest)")
        }
        return bytes
    }

    /// The image manifests of an index, through the indexes in it, for this machine where there are several platforms.
    func manifests(
        of bytes: [UInt8], architecture: String, depth: Int = 0
    ) throws(RuntimeError) -> [(ContentDescriptor, annotations: [String: String])] {
        guard depth < 4 else { throw .invalidArchive(reason: "index.json: too many indexes in one another") }
        guard let list = (try? JSONValue(parsing: bytes))?["manifests"]?.array else {
            throw .invalidArchive(reason: "index.json: manifests is missing")
        }
        let fitting = list.filter { $0.at("platform", "architecture")?.string ?? architecture == architecture }
        var found: [(ContentDescriptor, annotations: [String: String])] = []
        for entry in fitting {
            guard let type = entry["mediaType"]?.string, let digest = entry["digest"]?.string.flatMap({ Digest($0) })
            else { throw .invalidArchive(reason: "index.json: mediaType or digest is missing") }
            let descriptor = ContentDescriptor(mediaType: type, digest: digest, size: entry["size"]?.int ?? 0)
            var annotations: [String: String] = [:]
            for (key, value) in entry["annotations"]?.object ?? [:] { annotations[key] = value.string }
            if type.hasSuffix("image.index.v1+json") || type.hasSuffix("manifest.list.v2+json") {
                let inner = try manifests(of: try blob(descriptor), architecture: architecture, depth: depth + 1)
                found += inner.map { ($0.0, annotations.merging($0.annotations) { outer, _ in outer }) }
            } else {
                found.append((descriptor, annotations))
            }
        }
        if found.isEmpty, !list.isEmpty {
            throw .invalidArchive(reason: "no image for \(architecture) in it")
        }
        return found
    }

    static func configuration(_ bytes: [UInt8]) throws(RuntimeError) -> ImageConfiguration {
        do throws(OCIParseError) {
            return try ImageConfiguration(parsing: bytes)
        } catch {
            throw .invalidArchive(reason: "image configuration: \(error.sentence)")
        }
    }
}
