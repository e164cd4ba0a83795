import Documents
import Glibc
import LinuxKernel
import OCI

/// An image of this machine's own files, as `docker save` writes one: 180 MB in four layers, gzip.
struct SampleImage: Sendable {
    let directory: ScratchDirectory
    var archive: String { directory.path + "/image.tar" }
    /// The layers' files alone, compressed, bottom first.
    let layers: [String]

    static let name = "kijabi-bench-180:latest"
    private static let bytes = 180_000_000
    /// Programs, libraries and texts, which compress as those of other images do; each gives a layer.
    private static let sources = ["/usr/bin", "/usr/lib", "/usr/share", "/usr/include"]
    /// One large file must not be a layer.
    private static let fileLimit = 16_000_000

    init(parent: String) async throws {
        directory = try ScratchDirectory(parent: parent)
        do {
            layers = try await Self.write(into: directory.path)
        } catch {
            directory.remove()
            throw error
        }
    }

    private static func write(into place: String) async throws -> [String] {
        var layers: [String] = []
        var diffIDs: [JSONValue] = []
        var rest = bytes
        for (index, source) in sources.enumerated() {
            let wanted = rest / (sources.count - index)
            let list = await KernelThread.run("bench-files") { files(below: source, upTo: wanted) }
            rest -= list.bytes
            let layer = "\(place)/layer\(index).tar"
            try write(list.paths.joined(separator: "\n") + "\n", to: place + "/list")
            try await run("tar", "--create", "--no-recursion", "--files-from", place + "/list", "--file", layer)
            guard let digest = await KernelThread.run("bench-digest", { try? digest(of: layer) }) else {
                throw BenchmarkError("\(layer) cannot be read")
            }
            diffIDs.append(.string(digest.description))
            try await run("gzip", "--no-name", layer)
            layers.append(layer + ".gz")
        }
        guard rest < bytes / 10 else { throw BenchmarkError.notCompared("/usr has no 180 MB of files for an image") }
        let configuration: JSONValue = [
            "architecture": .string(architecture), "os": "linux", "config": ["Cmd": ["true"]],
            "rootfs": ["type": "layers", "diff_ids": .array(diffIDs)],
        ]
        let names = layers.compactMap { $0.split(separator: "/").last.map(String.init) }
        let manifest: JSONValue = [
            ["Config": "config.json", "RepoTags": [.string(name)], "Layers": .array(names.map { .string($0) })]
        ]
        try write(configuration.prettyPrinted(indent: 0), to: place + "/config.json")
        try write(manifest.prettyPrinted(indent: 0), to: place + "/manifest.json")
        try await run(
            arguments: [
                "tar", "--create", "--file", place + "/image.tar", "--directory", place, "manifest.json", "config.json",
            ]
                + names)
        return layers
    }

    /// Regular files in the order of their names, until there are enough.
    private static func files(below root: String, upTo limit: Int) -> (paths: [String], bytes: Int) {
        var paths: [String] = []
        var sum = 0
        var waiting = [root]
        while sum < limit, let place = waiting.popLast() {
            guard let directory = opendir(place) else { continue }
            defer { closedir(directory) }
            var names: [String] = []
            while let entry = readdir(directory) {
                names.append(
                    withUnsafePointer(to: &entry.pointee.d_name) {
                        String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
                    })
            }
            for name in names.sorted() where name != "." && name != ".." && sum < limit {
                let path = "\(place)/\(name)"
                var status = stat()
                guard !name.contains("\n"), lstat(path, &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFDIR { waiting.append(path) }
                guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= fileLimit, access(path, R_OK) == 0 else {
                    continue
                }
                paths.append(path)
                sum += Int(status.st_size)
            }
        }
        return (paths, sum)
    }

    private static func digest(of path: String) throws(Errno) -> Digest {
        let file = try FileDescriptor.open(path, O_RDONLY)
        var hash = SHA256()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try checked { Int32(read(file.number, &buffer, buffer.count)) }
            if count == 0 { return hash.finish() }
            buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<Int(count)])) }
        }
    }

    private static var architecture: String {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }

    private static func run(_ words: String...) async throws { try await run(arguments: words) }

    private static func run(arguments: [String]) async throws {
        guard let path = ForeignProgram.find(arguments[0]) else {
            throw BenchmarkError.notCompared("\(arguments[0]) is not installed; no image to unpack")
        }
        _ = try await ForeignProgram(path: path, arguments: arguments, isSilenced: true).measure()
    }

    private static func write(_ text: String, to path: String) throws {
        let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        let bytes = Array(text.utf8)
        guard Glibc.write(file.number, bytes, bytes.count) == bytes.count else {
            throw BenchmarkError("\(path): \(String(cString: strerror(errno)))")
        }
    }
}
