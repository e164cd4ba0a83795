import ContainerRuntime
import Documents
import Foundation
import Glibc
import LinuxKernel
import OCI
import Testing

@testable import ContainerEngine

extension StoreFixture {
    /// A file of the test's, open until its process ends.
    func file(_ name: String, _ flags: Int32 = O_RDWR | O_CREAT | O_TRUNC) throws -> Int32 {
        try FileDescriptor.open("\(directory.path)/\(name)", flags, mode: 0o644).duplicateNumber()
    }

    /// A container of busybox that has run `script`.
    func container(_ script: String, change: (inout ContainerConfiguration) -> Void = { _ in }) async throws -> String {
        var configuration = ContainerConfiguration(image: "busybox", command: ["sh", "-c", script])
        configuration.sandbox = SandboxConfiguration(name: "test", hostname: "box", network: .none)
        change(&configuration)
        let id = try await engine.createContainer(configuration)
        try await engine.startContainer(id)
        return id
    }

    /// What `command` prints in a container of `image`.
    func output(_ image: String, _ command: String...) async throws -> String {
        var configuration = ContainerConfiguration(image: image, command: command)
        configuration.sandbox = SandboxConfiguration(name: "test", hostname: "box", network: .none)
        let id = try await engine.createContainer(configuration)
        try await engine.startContainer(id)
        _ = try await engine.waitContainer(id)
        var bytes: [UInt8] = []
        for await line in try await engine.logs(id, LogOptions()) { bytes += line.bytes }
        try await engine.removeContainer(id, force: true)
        return String(decoding: bytes, as: UTF8.self)
    }

    var layerCount: Int { FileTree.names(in: directory.path + "/data/images/layers").count }
}

private let skopeo = ExecutableFile(path: "/usr/bin/skopeo")

@Suite struct ImageServiceTests {
    @Test("What is saved is loaded as the same image, with all its names")
    func saveAndLoad() async throws {
        let fixture = try await StoreFixture()
        let engine = fixture.engine
        let before = try await engine.imageDetails(try await engine.resolveImage("busybox").id)
        try await engine.tagImage("busybox", as: "mine/box:v1")
        try await engine.saveImages(["busybox", "mine/box:v1"], to: try fixture.file("s.tar"))
        _ = try await engine.removeImage("mine/box:v1", force: false)
        _ = try await engine.removeImage("busybox", force: false)
        #expect(try await engine.imageDetails().isEmpty)
        #expect(fixture.layerCount == 0)
        let loaded = try await engine.loadImages(from: try fixture.file("s.tar", O_RDONLY))
        #expect(Set(loaded) == [.named("busybox:latest"), .named("mine/box:v1")])
        let after = try await engine.imageDetails("mine/box:v1")
        #expect(
            after.configuration == before.configuration && after.layers.map(\.diffID) == before.layers.map(\.diffID))
        #expect(try await fixture.output("mine/box:v1", "echo", "it", "runs") == "it runs\n")
        await engine.shutdown()
    }

    @Test(
        "skopeo reads what is saved, and what it writes is loaded: docker-archive and OCI layout",
        .enabled(if: skopeo != nil, "the package skopeo is not installed"))
    func otherTools() async throws {
        let fixture = try await StoreFixture()
        let engine = fixture.engine
        let id = try await engine.resolveImage("busybox").id
        let layers = try await engine.imageDetails(id).layers.map(\.diffID)
        try await engine.saveImages(["busybox"], to: try fixture.file("s.tar"))
        let place = fixture.directory.path
        let skopeo = try #require(skopeo)
        for (index, (from, to)) in [
            ("docker-archive:\(place)/s.tar", "docker-archive:\(place)/0.tar:mine/zero:v1"),
            ("oci-archive:\(place)/s.tar", "oci-archive:\(place)/1.tar:mine/one:v1"),
            ("docker-archive:\(place)/s.tar", "oci-archive:\(place)/2.tar:mine/two:v1"),
        ].enumerated() {
            _ = try skopeo.output(["copy", "--quiet", "--insecure-policy", "--tmpdir", place, from, to])
            let loaded = try await engine.loadImages(from: try fixture.file("\(index).tar", O_RDONLY))
            let name = ["mine/zero:v1", "mine/one:v1", "mine/two:v1"][index]
            #expect(loaded == [.named(name)], "\(from) \(to)")
            let image = try await engine.imageDetails(name)
            #expect(image.layers.map(\.diffID) == layers)
            // The image is the same whatever its layers are compressed with; from one format to the other skopeo writes
            // its configuration anew.
            #expect(index == 2 || image.summary.id == id)
        }
        await engine.shutdown()
    }

    @Test("A commit holds what the container changed, and diff shows just that")
    func commit() async throws {
        let fixture = try await StoreFixture()
        let engine = fixture.engine
        let id = try await fixture.container(
            "echo new > /new; rm /etc/shadow; echo more >> /etc/profile; rm -r /var/www; mkdir -m 700 /var/www")
        _ = try await engine.waitContainer(id)
        let changes = try await engine.changes(id).map { "\($0.kind.rawValue) \($0.path)" }
        #expect(changes == ["C /etc", "C /etc/profile", "D /etc/shadow", "A /new", "C /var", "C /var/www"])
        let image = try await engine.commitContainer(
            id, as: "made:v1",
            ImageChange(author: "me", message: "words", instructions: ["ENV A=\"b c\"", "CMD [\"cat\",\"/new\"]"]),
            pause: true)
        #expect(
            try await fixture.output("made:v1", "sh", "-c", "cat /new; echo $A; ls /etc/shadow /var/www 2>&1")
                == "new\nb c\nls: /etc/shadow: No such file or directory\n/var/www:\n")
        let details = try await engine.imageDetails("made:v1")
        #expect(details.summary.id == image && details.summary.command == ["cat", "/new"])
        #expect(details.layers.count == 2 && details.sharedSize > 1_000_000)
        await #expect(throws: RuntimeError.self) {
            try await engine.commitContainer(id, as: nil, ImageChange(instructions: ["RUN true"]), pause: true)
        }
        await engine.shutdown()
    }

    @Test("Names and containers stand against removal as docker says; layers go when nobody has them")
    func removal() async throws {
        let fixture = try await StoreFixture()
        let engine = fixture.engine
        let id = try await fixture.container("echo x > /x; exec sleep 1000")
        let image = try await engine.commitContainer(id, as: "top:v1", ImageChange(), pause: true)
        #expect(fixture.layerCount == 2)
        // The base is in use by a running container, the committed image by none.
        await #expect(throws: RuntimeError.self) { try await engine.removeImage("busybox", force: false) }
        #expect(
            try await engine.removeImage("top:v1", force: false).prefix(2) == [
                .untagged("top:v1"), .deleted(image),
            ])
        #expect(fixture.layerCount == 1)
        // Forced, the running container's image loses its name only.
        #expect(try await engine.removeImage("busybox", force: true) == [.untagged("busybox:latest")])
        #expect(try await engine.imageDetails().map(\.summary.references) == [[]])
        #expect(try await engine.pruneImages(all: true) { _ in true }.removed.isEmpty)
        try await engine.removeContainer(id, force: true)
        let pruned = try await engine.pruneImages(all: false) { _ in true }
        #expect(pruned.removed.count == 2 && pruned.bytes > 1_000_000)
        #expect(fixture.layerCount == 0)
        #expect(FileTree.names(in: fixture.directory.path + "/data/images/blobs/sha256").isEmpty)
        await engine.shutdown()
    }

    @Test("Files are copied into and out of stopped and running containers, and links lead nowhere else")
    func copy() async throws {
        let fixture = try await StoreFixture()
        let engine = fixture.engine
        let outside = fixture.directory.path + "/outside"
        mkdir(outside, 0o777)
        chmod(outside, 0o777)
        try StoredFile(creating: outside + "/secret").write(Array("host's".utf8))
        let stopped = try await fixture.container(
            "mkdir /d; echo one > /d/one; ln -s \(outside) /evil; ln -s /d/one /l")
        _ = try await engine.waitContainer(stopped)
        let running = try await fixture.container("ln -s \(outside) /evil; mkdir -p /d; exec sleep 1000")
        let target = try FileDescriptor.open(outside, O_RDONLY | O_DIRECTORY)
        for id in [stopped, running] {
            let archive = try fixture.makeTar("in.tar", "t = tarfile.open(out, 'w'); add(t, 'put', b'in'); t.close()")
            let input = try FileDescriptor.open(archive, O_RDONLY)
            _ = try await engine.copyFiles(
                from: .stream(input.number), to: .container(id, path: "/d"), name: "", follow: false, keepOwners: false)
            #expect(try await engine.look(at: .container(id, path: "/d/put"), follow: false).size == 2)
            // The link is the container's, and leads below its root, where there is nothing.
            await #expect(throws: RuntimeError.self) {
                try await engine.look(at: .container(id, path: "/evil/secret"), follow: true)
            }
            await #expect(throws: RuntimeError.self) {
                try await engine.copyFiles(
                    from: .container(id, path: "/evil/secret"), to: .directory(target.number, path: ""), name: "stolen",
                    follow: true, keepOwners: false)
            }
        }
        _ = try await engine.copyFiles(
            from: .container(stopped, path: "/d"), to: .container(running, path: "/d"), name: "copied", follow: false,
            keepOwners: true)
        #expect(try await engine.look(at: .container(running, path: "/d/copied/one"), follow: false).size == 4)
        #expect(try await engine.look(at: .container(stopped, path: "/l"), follow: true).size == 4)
        #expect(FileTree.names(in: outside) == ["secret"])
        await engine.shutdown()
    }

    @Test("An export has the whole tree and nothing of what is mounted in it")
    func export() async throws {
        let fixture = try await StoreFixture()
        let engine = fixture.engine
        let id = try await fixture.container("echo x > /x; exec sleep 1000") { configuration in
            configuration.mounts = [Mount(source: .volume(name: "keep"), target: "/vol")]
        }
        let archive = try fixture.file("export.tar")
        try await engine.exportContainer(id, to: archive)
        let tar = try #require(ExecutableFile(path: "/bin/tar"))
        let names = try tar.output(["-tf", fixture.directory.path + "/export.tar"]).split(separator: "\n")
        #expect(names.contains("x") && names.contains("bin/busybox") && names.contains("proc/"))
        #expect(!names.contains { $0.hasPrefix("proc/") && $0 != "proc/" } && names.contains("vol/"))
        let image = try await engine.importImage(
            from: try fixture.file("export.tar", O_RDONLY), as: "flat", ImageChange(instructions: ["CMD cat /x"])
        )
        #expect(try await engine.imageDetails(image).layers.count == 1)
        #expect(try await fixture.output("flat", "cat", "/x") == "x\n")
        await engine.shutdown()
    }

    @Test("Volumes keep what is in them and what is known of them, until they are removed")
    func volumes() async throws {
        let fixture = try await StoreFixture()
        let engine = fixture.engine
        let volume = try await engine.createVolume("keep", labels: ["a": "b"])
        #expect(volume.labels == ["a": "b"] && !volume.isAnonymous && volume.users.isEmpty)
        let id = try await fixture.container("echo x > /vol/x") { configuration in
            configuration.mounts = [Mount(source: .volume(name: "keep"), target: "/vol")]
        }
        _ = try await engine.waitContainer(id)
        #expect(try await engine.volume("keep").users == [id])
        await #expect(throws: RuntimeError.volumeInUse(name: "keep", by: id)) { try await engine.removeVolume("keep") }
        #expect(try await engine.volumeSize("keep") > 0)
        // A stopped container's volume is looked into where it lies.
        #expect(try await engine.look(at: .container(id, path: "/vol/x"), follow: false).size == 2)
        try await engine.removeContainer(id, force: true)
        try await engine.removeVolume("keep")
        #expect(try await engine.volumes().isEmpty)
        await #expect(throws: RuntimeError.noSuchVolume("keep")) { try await engine.volume("keep") }
        await #expect(throws: RuntimeError.self) { try await engine.createVolume("../x", labels: [:]) }
        #expect(try await engine.createVolume(nil, labels: [:]).isAnonymous)
        await engine.shutdown()
    }
}
