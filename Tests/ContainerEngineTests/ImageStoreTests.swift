import ContainerRuntime
import Glibc
import OCI
import Testing

@testable import ContainerEngine

private func makeStore(_ directory: ScratchDirectory) throws -> ImageStore {
    ImageStore(
        directory: directory.path + "/images", layerOwner: nil, recipes: [try BusyboxRecipe(searchPath: "")])
}

/// Counts as a busybox, and takes its time: a stand-in for a machine that is switched off in the middle.
private struct FailingRecipe: ImageRecipe {
    let reference: ImageReference
    func fingerprint() throws(RuntimeError) -> String { "failing" }
    func assemble(base: (ImageReference) throws(RuntimeError) -> StoredImage) throws(RuntimeError) -> AssembledImage {
        var layer = LayerContent(modificationTime: 0)
        layer.file("first", "written before the fault")
        layer.hostFile("second", from: "/nonexistent", size: 10)
        return AssembledImage(layers: [(layer, "")], configure: { _ in }, createdAt: 0, origin: "")
    }
}

@Suite struct ImageStoreTests {
    @Test("busybox is assembled, whole and runnable, and found by every name docker knows")
    func busybox() async throws {
        let directory = try ScratchDirectory("images")
        let store = try makeStore(directory)
        let image = try await store.image("busybox")
        #expect(image.summary.references == ["busybox:latest"])
        #expect(image.summary.command == ["sh"])
        #expect(image.summary.origin.hasPrefix("assembled from busybox-static 1."))
        #expect(image.summary.size > 500_000)
        #expect(image.summary.createdAt > 1_000_000_000)
        let root = try #require(image.layerDirectories.first)
        #expect(image.layerDirectories.count == 1)
        let shell = try #require(ExecutableFile(path: root + "/bin/sh"))
        #expect(try shell.output(["-c", "echo $((6 * 7))"]) == "42\n")
        var tmp = stat()
        #expect(stat(root + "/tmp", &tmp) == 0 && tmp.st_mode & 0o7777 == 0o1777)
        let id = image.summary.id
        for name in [
            "busybox:latest", "docker.io/library/busybox", "docker.io/library/busybox:latest", id,
            String(id.dropFirst("sha256:".count)), String(id.dropFirst("sha256:".count).prefix(12)),
            String(id.prefix(20)), "busybox@\(image.manifestDigest)",
        ] {
            #expect(try await store.resolve(name).id == id, "\(name)")
        }
        #expect(try await store.images().map(\.id) == [id])
    }

    @Test("The layer's digest is the one tar and sha256sum compute")
    func layerDigestIsOfARealArchive() async throws {
        let directory = try ScratchDirectory("images")
        var layer = LayerContent(modificationTime: 1_000_000_000)
        layer.directory("d", mode: 0o755)
        layer.file("d/f", "hello\n")
        layer.symbolicLink("d/l", to: "f")
        layer.hardLink("d/h", to: "d/f", mode: 0o644)
        let root = directory.path + "/root"
        mkdir(root, 0o755)
        let written = try LayerWriter(owner: nil).unpack(layer, into: root)
        let tar = try #require(ExecutableFile(path: "/bin/tar"))
        _ = try tar.output([
            "-C", root, "--format=ustar", "--owner=:0", "--group=:0", "--numeric-owner", "--no-recursion",
            "--blocking-factor=1", "-cf", directory.path + "/layer.tar", "d", "d/f", "d/l", "d/h",
        ])
        let bytes = try StoredFile(reading: directory.path + "/layer.tar").readAll()
        #expect(bytes.count == written.size)
        #expect(Digest(of: bytes) == written.digest)
    }

    @Test("Two stores of one directory at once make one image")
    func concurrentStores() async throws {
        let directory = try ScratchDirectory("images")
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<4 {
                let store = try makeStore(directory)
                group.addTask { try await store.resolve("busybox").id }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(entries(directory.path + "/images/layers").count == 1)
        #expect(entries(directory.path + "/images/temporary").isEmpty)
    }

    @Test("An assembly that fails leaves no image, and what it left is swept by the next")
    func interruptedAssembly() async throws {
        let directory = try ScratchDirectory("images")
        let broken = ImageStore(
            directory: directory.path + "/images", layerOwner: nil,
            recipes: [FailingRecipe(reference: try ImageReference("broken"))])
        await #expect(throws: RuntimeError.system(stage: "open", errno: ENOENT, path: "/nonexistent")) {
            try await broken.resolve("broken")
        }
        #expect(try await broken.images().isEmpty)
        #expect(entries(directory.path + "/images/layers").isEmpty)
        #expect(entries(directory.path + "/images/temporary").isEmpty)
        // What somebody left who was killed is swept when the next image is made.
        mkdir(directory.path + "/images/temporary/1.killed", 0o755)
        let store = try makeStore(directory)
        _ = try await store.resolve("busybox")
        #expect(entries(directory.path + "/images/temporary").isEmpty)
    }

    @Test("A damaged store mends itself")
    func damage() async throws {
        let directory = try ScratchDirectory("images")
        let id = try await makeStore(directory).resolve("busybox").id
        for damage in ["references.json", "blobs/sha256/" + id.dropFirst("sha256:".count)] {
            let path = directory.path + "/images/" + damage
            let file = try StoredFile(path, O_WRONLY | O_TRUNC)
            try file.write(Array("{".utf8))
            #expect(try await makeStore(directory).resolve("busybox").id == id, "\(damage)")
        }
    }

    @Test("Unknown, malformed and ambiguous names are told apart")
    func refusedNames() async throws {
        let directory = try ScratchDirectory("images")
        let store = try makeStore(directory)
        await #expect(throws: RuntimeError.noSuchImage("nginx")) { try await store.resolve("nginx") }
        await #expect(throws: RuntimeError.noSuchImage("busybox:1.2")) { try await store.resolve("busybox:1.2") }
        await #expect(throws: RuntimeError.noSuchImage("sha256:00")) { try await store.resolve("sha256:00") }
        await #expect(throws: RuntimeError.invalid(field: "image", reason: "invalid reference format")) {
            try await store.resolve("a b")
        }
        #expect(store.offers == ["busybox:latest"])
    }

    @Test("Without a busybox, the package is named")
    func missingBusybox() throws {
        let recipe = try BusyboxRecipe(searchPath: "", standard: [])
        #expect(
            throws: RuntimeError.unavailable(
                reason: "no busybox on this machine: install the package busybox-static")
        ) { try recipe.program() }
    }

    @Test("A dynamically linked program is told from a static one")
    func staticPrograms() throws {
        #expect(try #require(ExecutableFile(path: "/bin/tar")).isStaticallyLinked() == false)
        #expect(try #require(ExecutableFile(path: "/bin/busybox")).isStaticallyLinked())
        #expect(!ExecutableFile.isStaticallyLinked(Array("#!/bin/sh\n".utf8)))
        #expect(!ExecutableFile.isStaticallyLinked([]))
    }

    @Test("The toolbox stands on busybox and brings the commands")
    func toolbox() async throws {
        let directory = try ScratchDirectory("images")
        let busybox = try BusyboxRecipe(searchPath: "")
        // Any static program will do for the layout.
        let store = ImageStore(
            directory: directory.path + "/images", layerOwner: nil,
            recipes: [busybox, try ToolboxRecipe(busybox: busybox, stubPath: "/bin/busybox")])
        let image = try await store.image("kijabi/toolbox")
        #expect(image.layerDirectories.count == 2)
        #expect(image.summary.workingDirectory == "/work")
        #expect(image.summary.command == ["sh"])
        let top = try #require(image.layerDirectories.first)
        #expect(access(top + "/usr/local/bin/kubectl", X_OK) == 0)
        let base = try await store.image("busybox")
        #expect(image.layerDirectories.last == base.layerDirectories.first)
    }

    @Test("Run by root, layers belong to the harbour's root", .enabled(if: getuid() == 0))
    func owner() async throws {
        let directory = try ScratchDirectory("images")
        let store = try ImageStore(dataDirectory: directory.path, rootID: 100_000, searchPath: "", stub: nil)
        let image = try await store.resolve("busybox")
        let root = try #require(await store.lowerDirectories(of: image).first)
        for path in ["", "/bin/sh", "/root", "/usr/bin/env", "/etc/passwd"] {
            var information = stat()
            #expect(lstat(root + path, &information) == 0)
            #expect(information.st_uid == 100_000 && information.st_gid == 100_000, "\(path)")
        }
    }

    private func entries(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
