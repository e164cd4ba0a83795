import ContainerRuntime
import Dockerfile
import Glibc
import LinuxKernel
import OCI
import Testing

@testable import ContainerEngine

/// A tree of files in memory: a path ending in a slash is a directory, a text beginning with `->` a link.
private struct MemoryTree: FileSource {
    var files: [String: String]

    init(_ files: [String: String]) {
        self.files = ["/": ""].merging(files) { $1 }
        for path in files.keys {
            var parent = ImagePath.parent(path.hasSuffix("/") ? String(path.dropLast()) : path)
            while parent != "/" {
                self.files[parent + "/"] = self.files[parent + "/"] ?? ""
                parent = ImagePath.parent(parent)
            }
        }
    }

    func node(_ path: String) throws(RuntimeError) -> FileNode? {
        var status = stat()
        status.st_uid = 7
        status.st_mtim.tv_sec = 1000
        if path == "/" || files[path + "/"] != nil {
            status.st_mode = S_IFDIR | 0o750
            return FileNode(status, target: nil, owners: .same)
        }
        guard let text = files[path] else { return nil }
        if text.hasPrefix("->") {
            status.st_mode = S_IFLNK | 0o777
            return FileNode(status, target: String(text.dropFirst(2)), owners: .same)
        }
        status.st_mode = S_IFREG | 0o640
        status.st_size = text.utf8.count
        return FileNode(status, target: nil, owners: .same)
    }

    func names(_ path: String) throws(RuntimeError) -> [String] {
        let prefix = path == "/" ? "/" : path + "/"
        let below = files.keys.filter { $0.hasPrefix(prefix) && $0 != prefix }.map { $0.dropFirst(prefix.count) }
        return Set(below.map { String($0.prefix { $0 != "/" }) }).sorted()
    }

    func open(_ path: String) throws(RuntimeError) -> FileDescriptor {
        throw .system(stage: "open", errno: ENOENT, path: path)
    }
}

@Suite struct CopyPlanTests {
    private func operation(_ sources: [String], _ destination: String) -> CopyOperation {
        CopyOperation(
            place: .context, sources: sources, destination: destination, documents: [], owner: nil, mode: nil,
            excluded: [], keepsParents: false, unpacks: false, checksum: nil)
    }

    /// The paths that a COPY makes, new ones only, with their kind: `f`, `d`, `l`.
    private func paths(
        _ sources: [String], _ destination: String, from source: [String: String], into image: [String: String] = [:],
        ignored: String = "", change: (inout CopyOperation) -> Void = { _ in }
    ) throws -> [String] {
        var operation = operation(sources, destination)
        change(&operation)
        let plan = try CopyPlan(
            operation, source: MemoryTree(source), destination: MemoryTree(image),
            ignored: IgnorePatterns(parsing: Array(ignored.utf8)), owner: (0, 0))
        return plan.entries.filter { !$0.isParent }.map { entry in
            switch entry.content {
            case .directory: "d " + entry.path
            case .link: "l " + entry.path
            default: "f " + entry.path
            }
        }
    }

    @Test("A file goes to a name, into a directory that is there, or into one that is written with a slash")
    func files() throws {
        #expect(try paths(["a"], "/x", from: ["/a": "1"]) == ["f x"])
        #expect(try paths(["a"], "/x/", from: ["/a": "1"]) == ["d x", "f x/a"])
        #expect(try paths(["a"], "/x", from: ["/a": "1"], into: ["/x/": ""]) == ["f x/a"])
        #expect(try paths(["d/a", "b"], "/x/", from: ["/d/a": "1", "/b": "2"]) == ["d x", "f x/a", "f x/b"])
        #expect(try paths(["a"], "/new/deep/x", from: ["/a": "1"]) == ["d new", "d new/deep", "f new/deep/x"])
    }

    @Test("Of a directory its contents go")
    func directories() throws {
        let tree = ["/d/a": "1", "/d/e/b": "2", "/d/l": "->a", "/d/empty/": ""]
        #expect(
            try paths(["d"], "/x/", from: tree) == ["d x", "f x/a", "d x/e", "f x/e/b", "d x/empty", "l x/l"])
        #expect(try paths(["."], "/", from: ["/a": "1", "/d/b": "2"]) == ["f a", "d d", "f d/b"])
        // A directory that is there stays as it is.
        #expect(try paths(["d"], "/x", from: ["/d/e/b": "2"], into: ["/x/e/": ""]) == ["f x/e/b"])
    }

    @Test("Patterns find files in their order; links in the context lead nowhere but inside it")
    func sources() throws {
        let tree = ["/a.c": "", "/b.c": "", "/d/c.c": "", "/up": "->../../d", "/abs": "->/d/c.c"]
        #expect(try paths(["*.c"], "/x/", from: tree) == ["d x", "f x/a.c", "f x/b.c"])
        #expect(try paths(["**/*.c"], "/x/", from: tree) == ["d x", "f x/a.c", "f x/b.c", "f x/c.c"])
        #expect(try paths(["up"], "/x/", from: tree) == ["d x", "f x/c.c"])
        #expect(try paths(["abs"], "/x/", from: tree) == ["d x", "f x/c.c"])
        #expect(try paths(["../../a.c"], "/x/", from: tree) == ["d x", "f x/a.c"])
    }

    @Test("A link of the image is followed inside it, and what is behind it is not replaced")
    func linksOfTheImage() throws {
        let image = ["/var/run": "->../run", "/run/": "", "/out": "->/../../etc", "/etc/": ""]
        #expect(try paths(["a"], "/var/run/x", from: ["/a": "1"], into: image) == ["f run/x"])
        #expect(try paths(["a"], "/out/x", from: ["/a": "1"], into: image) == ["f etc/x"])
    }

    @Test("What is ignored is not there, unless it is brought back")
    func ignored() throws {
        let tree = ["/a.md": "", "/README.md": "", "/d/x": "", "/d/keep": "", "/.git/c": ""]
        #expect(
            try paths(["."], "/", from: tree, ignored: "*.md\n!README.md\n.git\nd\n!d/keep")
                == ["f README.md", "d d", "f d/keep"])
        #expect(throws: CopyFailure.self) { try paths(["a.md"], "/", from: tree, ignored: "*.md") }
    }

    @Test("--exclude leaves out, --parents keeps directories")
    func flags() throws {
        let tree = ["/d/a.c": "", "/d/a.h": "", "/d/e/b.h": ""]
        #expect(
            try paths(["d"], "/x/", from: tree, change: { $0.excluded = ["*.h", "**/*.h"] })
                == ["d x", "f x/a.c", "d x/e"])
        #expect(
            try paths(["d/e/b.h"], "/x/", from: tree, change: { $0.keepsParents = true })
                == ["d x", "d x/d", "d x/d/e", "f x/d/e/b.h"])
    }

    @Test("A file does not take a directory's place, nor a directory a file's")
    func conflicts() throws {
        #expect(throws: CopyFailure.self) { try paths(["d"], "/x", from: ["/d/a": ""], into: ["/x": "file"]) }
        #expect(throws: CopyFailure.self) {
            try paths(["d"], "/x", from: ["/d/a": ""], into: ["/x/a/": ""])
        }
        #expect(throws: CopyFailure.self) { try paths(["nothing"], "/x", from: [:]) }
        #expect(throws: CopyFailure.self) { try paths(["*.none"], "/x/", from: ["/a": ""]) }
    }
}

@Suite struct CacheKeyTests {
    private let layers = [Digest(of: Array("one".utf8)), Digest(of: Array("two".utf8))]

    private func run(_ change: (inout RunOperation) -> Void = { _ in }) -> String {
        var run = RunOperation(
            arguments: ["/bin/sh", "-c", "make"], environment: ["A=1"], passedOn: ["HTTP_PROXY=x"],
            workingDirectory: "/", user: "", mounts: [], scripts: [:], network: "default")
        change(&run)
        return CacheKey.run(run, on: layers, mounted: [])
    }

    @Test("A RUN is known by all that it depends on, and by nothing else")
    func runs() {
        let key = run()
        #expect(run() == key)
        #expect(run { $0.passedOn = [] } == key)
        let others = [
            run { $0.arguments[2] = "make all" }, run { $0.environment = ["A=2"] }, run { $0.user = "me" },
            run { $0.workingDirectory = "/x" }, run { $0.network = "none" }, run { $0.scripts["a"] = [1] },
            // No two lists of words look the same.
            run { $0.arguments = ["/bin/sh", "-c", "ma", "ke"] }, run { $0.environment = ["A=1", ""] },
        ]
        #expect(Set(others + [key]).count == others.count + 1)
    }

    @Test("A COPY is known by names, kinds, modes, owners and contents, not by times")
    func copies() {
        func key(_ change: (inout LayerEntry) -> Void, content: String = "c") -> String {
            var entry = LayerEntry(
                path: "a", content: .file(source: 0, path: "/a", size: 1, mark: "m"), mode: 0o644, user: 0, group: 0,
                modificationTime: 5)
            change(&entry)
            return CacheKey.copy([entry], contents: [content], on: layers)
        }
        let same = key { _ in }
        #expect(key { $0.modificationTime = 6 } == same)
        #expect(key { $0.content = .file(source: 0, path: "/b", size: 1, mark: "n") } == same)
        let others = [
            key { $0.path = "b" }, key { $0.mode = 0o600 }, key { $0.user = 1 }, key({ _ in }, content: "d"),
            key { $0.content = .directory }, key { $0.content = .link(target: "c") },
        ]
        #expect(Set(others + [same]).count == others.count + 1)
    }
}
