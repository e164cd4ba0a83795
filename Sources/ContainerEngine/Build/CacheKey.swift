import Dockerfile
import OCI

/// The name under which the result of a step is kept: a digest of everything that the result depends on. What it is made
/// of are fields with their lengths, so that no two lists of fields look the same.
struct CacheKey {
    private var hash = SHA256()

    /// - Parameter version: another number for every change of what a step does.
    init(version: Int = 1) {
        add("kijabi build \(version)")
    }

    mutating func add(_ text: String) {
        let bytes = Array(text.utf8)
        withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hash.update($0) }
        hash.update(bytes)
    }

    mutating func add(_ number: Int) { add(String(number)) }

    mutating func add(_ texts: [String]) {
        add(texts.count)
        for text in texts { add(text) }
    }

    mutating func finish() -> String { hash.finish().hex }

    /// Of a RUN on files that are `layers`, bottom first.
    static func run(_ run: RunOperation, on layers: [Digest], mounted: [String]) -> String {
        var key = CacheKey()
        key.add("RUN")
        key.add(layers.map(\.hex))
        key.add(run.arguments)
        key.add(run.environment)
        key.add(run.workingDirectory)
        key.add(run.user)
        key.add(run.network)
        for (name, content) in run.scripts.sorted(by: { $0.key < $1.key }) {
            key.add(name)
            key.add(Digest(of: content).hex)
        }
        for mount in run.mounts {
            key.add([
                mount.kind.rawValue, mount.target, mount.source ?? "", mount.id ?? "", mount.size ?? "",
                mount.isReadOnly ? "ro" : "rw",
            ])
        }
        // What is in the bind mounts.
        key.add(mounted)
        return key.finish()
    }

    /// Of a COPY: what it makes, file by file. Times do not count.
    /// - Parameter contents: the digests of the files' content, entry by entry; empty for what has none.
    static func copy(_ entries: [LayerEntry], contents: [String], on layers: [Digest]) -> String {
        var key = CacheKey()
        key.add("COPY")
        key.add(layers.map(\.hex))
        for (entry, content) in zip(entries, contents) where !entry.isParent {
            key.add(entry.path)
            switch entry.content {
            case .directory: key.add("directory")
            case .file, .bytes: key.add("file " + content)
            case .link(let target): key.add("link " + target)
            case .hardLink(let target): key.add("name of " + target)
            }
            key.add([String(entry.mode, radix: 8), String(entry.user), String(entry.group)])
        }
        return key.finish()
    }

}
