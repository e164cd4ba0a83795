import CLinux
import ContainerRuntime
import Documents
import Foundation
import Glibc
import LinuxKernel
import OCI
import Testing

@testable import ContainerEngine

/// A harbour with an image store on a directory of its own, and the program kijabi-archive.
final class StoreFixture: Sendable {
    let directory: ScratchDirectory
    let engine: ContainerEngine
    let store: ImageStore

    init() async throws {
        directory = try ScratchDirectory("store")
        let configuration = EngineConfiguration(
            dataDirectory: directory.path + "/data", runDirectory: directory.path + "/run",
            programDirectory: URL(fileURLWithPath: builtProgram("x")).deletingLastPathComponent().path)
        engine = try await ContainerEngine.start(configuration, searchPath: "")
        store = try #require(engine.images_ as? ImageStore)
    }

    /// Unpacks a tar file as a layer of an image and gives the directory of the layer.
    func load(_ tar: String, as name: String = "loaded:latest") async throws -> (layer: StoredLayer, root: String) {
        let staging = try await store.makeStaging()
        let layer = try await store.addLayer(stream: try FileDescriptor.open(tar, O_RDONLY), in: staging)
        var configuration = ImageConfiguration(architecture: "amd64")
        configuration.append(layer: layer.diffID, createdBy: "test")
        configuration.command = ["sh"]
        let content = ImageContent(
            configuration: configuration.document.encoded(), layers: [layer], origin: "test")
        let summary = try await store.publish(content, as: [try ImageReference(name)])
        let root = try #require(try await store.lowerDirectories(of: summary).first)
        return (layer, root)
    }

    /// A file made by a python3 program that has `tarfile` and the name in `out`.
    func makeTar(_ name: String, _ program: String) throws -> String {
        let path = "\(directory.path)/\(name)"
        let python = try #require(ExecutableFile(path: "/usr/bin/python3"))
        let head = """
            import tarfile, io, os, gzip
            out = '\(path)'
            def add(t, name, data=b'', **fields):
                i = tarfile.TarInfo(name); i.size = len(data); i.mode = 0o644
                for key, value in fields.items(): setattr(i, key, value)
                t.addfile(i, io.BytesIO(data))
            """
        let log = try python.output(["-c", head + "\n" + program + "\nprint('made')"])
        #expect(log == "made\n")
        return path
    }
}

@Suite struct ArchiveTests {
    @Test("A layer keeps owners, modes, times, links and attributes, and its whiteouts hide what is below")
    func faithful() async throws {
        let fixture = try await StoreFixture()
        let tar = try fixture.makeTar(
            "layer.tar",
            """
            with tarfile.open(out, 'w', format=tarfile.PAX_FORMAT) as t:
                add(t, 'etc/', type=tarfile.DIRTYPE, mode=0o755, mtime=1000)
                add(t, 'etc/shadow', b'x', mode=0o640, gid=0, mtime=2000)
                add(t, 'bin/su', b'y', mode=0o4755, mtime=3000)
                add(t, 'bin/sudo', type=tarfile.LNKTYPE, linkname='bin/su')
                add(t, 'lnk', type=tarfile.SYMTYPE, linkname='/etc/shadow')
                add(t, '.wh.gone')
                add(t, 'opaque/', type=tarfile.DIRTYPE, mode=0o700)
                add(t, 'opaque/.wh..wh..opq')
                add(t, 'dev/null', type=tarfile.CHRTYPE, devmajor=1, devminor=3)
                add(t, 'a/' + 'long/' * 40 + 'name', b'deep')
                add(t, 'caf\\u00e9', b'utf', pax_headers={'SCHILY.xattr.user.colour': 'blue', 'SCHILY.xattr.user.overlay.redirect': '/etc'})
            """)
        let (layer, root) = try await fixture.load(tar)
        #expect(layer.diffID == Digest(of: try StoredFile(reading: tar).readAll()))
        func look(_ path: String) -> stat? {
            var status = stat()
            return lstat(root + "/" + path, &status) == 0 ? status : nil
        }
        let owner = fixture.engine.harbour.rootID
        let shadow = try #require(look("etc/shadow"))
        #expect(shadow.st_mode & 0o7777 == 0o640 && shadow.st_uid == owner && shadow.st_mtim.tv_sec == 2000)
        let su = try #require(look("bin/su"))
        #expect(su.st_mode & 0o7777 == 0o4755 && su.st_nlink == 2 && su.st_ino == look("bin/sudo")?.st_ino)
        #expect(try #require(look("etc")).st_mtim.tv_sec == 1000)
        let gone = try #require(look("gone"))
        #expect(gone.st_mode & S_IFMT == S_IFCHR && gone.st_rdev == 0)
        #expect(look(".wh.gone") == nil && look("dev/null") == nil)
        #expect(look("a/" + String(repeating: "long/", count: 40) + "name") != nil)
        #expect(look("café") != nil)
        // As the harbour sees it: on the disk the directory may be nobody's of ours.
        #expect(attribute(root + "/opaque", "user.overlay.opaque") == "y")
        #expect(attribute(root + "/café", "user.colour") == "blue")
        #expect(attribute(root + "/café", "user.overlay.redirect") == nil)
        await fixture.engine.shutdown()
    }

    @Test("What a layer was packed from, it is packed to again, to the byte; gzip too")
    func roundTrip() async throws {
        let fixture = try await StoreFixture()
        let tar = try fixture.makeTar(
            "layer.tar.gz",
            """
            with tarfile.open(out, 'w:gz') as t:
                add(t, 'd/', type=tarfile.DIRTYPE, mode=0o711, mtime=5)
                add(t, 'd/b', b'b' * 100000, uid=0, mtime=6)
                add(t, 'd/a', type=tarfile.LNKTYPE, linkname='d/b')
                add(t, 'd/.wh.c', mtime=7)
                add(t, 'o/', type=tarfile.DIRTYPE, mode=0o755, mtime=8)
                add(t, 'o/.wh..wh..opq')
            """)
        let (first, root) = try await fixture.load(tar)
        #expect(first.descriptor.digest == Digest(of: try StoredFile(reading: tar).readAll()))
        #expect(first.diffID != first.descriptor.digest)
        #expect(first.size == 100_000)
        let staging = try await fixture.store.makeStaging()
        let harbourPath = fixture.engine.harbourPath(root)
        let packer = LayerPacker(agent: try #require(fixture.store.archives))
        var digests: Set<Digest> = []
        for (name, gzip) in [("one", false), ("two", true), ("three", true)] {
            let file = try staging.createFile(name)
            let tree = try await fixture.engine.harbour.openTree(harbourPath)
            let result = try await packer.packLayer(tree, to: file, gzip: gzip)
            #expect(result.blobDigest == Digest(of: try StoredFile(reading: "\(staging.path)/\(name)").readAll()))
            digests.insert(result.streamDigest)
        }
        #expect(digests.count == 1)
        let one = try StoredFile(reading: staging.path + "/two").readAll()
        #expect(try StoredFile(reading: staging.path + "/three").readAll() == one)
        let tarProgram = try #require(ExecutableFile(path: "/bin/tar"))
        let list = try tarProgram.output(["-tf", staging.path + "/one"]).split(separator: "\n").map(String.init)
        #expect(list == ["d/", "d/a", "d/b", "d/.wh.c", "o/", "o/.wh..wh..opq"])
        let again = try await fixture.store.addLayer(
            file: "two", in: staging, mediaType: "application/vnd.oci.image.layer.v1.tar+gzip")
        #expect(digests == [again.diffID])
        await fixture.engine.shutdown()
    }

    @Test(
        "Hostile and broken archives are refused, and change nothing outside",
        arguments: [
            ("dotdot", "add(t, '../../escaped', b'x')"),
            ("inner dotdot", "add(t, 'a/../../escaped', b'x')"),
            ("hard link out", "add(t, 'l', type=tarfile.LNKTYPE, linkname='../../../../etc/passwd')"),
            ("hard link nowhere", "add(t, 'l', type=tarfile.LNKTYPE, linkname='/etc/passwd')"),
            (
                "write through a hard link to a link",
                "add(t, 's', type=tarfile.SYMTYPE, linkname='/etc/passwd'); "
                    + "add(t, 'l', type=tarfile.LNKTYPE, linkname='s/../../x')"
            ),
            ("whiteout of the parent", "add(t, 'd/.wh...', b'')"),
            ("whiteout of nothing", "add(t, 'd/.wh.', b'')"),
            ("huge size", "i = tarfile.TarInfo('big'); i.size = 1 << 60; t.addfile(i)"),
            ("more than it says", "add(t, 'x', b'12345'); t.fileobj.truncate(700); t.fileobj.seek(0, 2)"),
        ])
    func hostile(name: String, entry: String) async throws {
        let fixture = try await StoreFixture()
        let tar = try fixture.makeTar("bad.tar", "t = tarfile.open(out, 'w')\n\(entry)\nt.fileobj.close()")
        let before = try await listing(fixture)
        await #expect(throws: RuntimeError.self, "\(name)") { try await fixture.load(tar) }
        #expect(try await listing(fixture) == before)
        await fixture.engine.shutdown()
    }

    @Test("Absolute names and links that point out lead below the root, as under chroot")
    func confined() async throws {
        let fixture = try await StoreFixture()
        let outside = fixture.directory.path + "/outside"
        mkdir(outside, 0o777)
        chmod(outside, 0o777)
        let tar = try fixture.makeTar(
            "links.tar",
            """
            with tarfile.open(out, 'w') as t:
                add(t, '/absolute', b'x')
                add(t, '\(outside)/', type=tarfile.DIRTYPE, mode=0o755)
                add(t, 'up', type=tarfile.SYMTYPE, linkname='../../../../../../../../..\(outside)')
                add(t, 'up/through', b'x')
                add(t, 'abs', type=tarfile.SYMTYPE, linkname='\(outside)')
                add(t, 'abs/through', b'x')
                add(t, 'file', type=tarfile.SYMTYPE, linkname='\(outside)/made')
                add(t, 'file', b'replaces the link')
            """)
        let (_, root) = try await fixture.load(tar)
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside).isEmpty)
        #expect(access(root + "/absolute", F_OK) == 0)
        #expect(access(root + outside + "/through", F_OK) == 0)
        var status = stat()
        #expect(lstat(root + "/file", &status) == 0 && status.st_mode & S_IFMT == S_IFREG)
        await fixture.engine.shutdown()
    }

    @Test("A bomb is stopped at what it may fill")
    func bomb() async throws {
        let fixture = try await StoreFixture()
        let tar = try fixture.makeTar(
            "bomb.tar.gz",
            """
            with tarfile.open(out, 'w:gz') as t:
                for n in range(64): add(t, 'zeros%d' % n, bytes(1 << 20))
            """)
        let staging = try await fixture.store.makeStaging()
        let unpacker = LayerUnpacker(agent: try #require(fixture.store.archives))
        let tree = try staging.createTree("tree", owner: fixture.engine.harbour.rootID)
        let stream = try FileDescriptor.open(tar, O_RDONLY)
        await #expect(throws: RuntimeError.invalidArchive(reason: "archive is larger than allowed")) {
            try await unpacker.unpackLayer(stream, into: tree, byteLimit: 8 << 20)
        }
        await fixture.engine.shutdown()
    }

    @Test("A layer that is not what its digests say does not come in")
    func digests() async throws {
        let fixture = try await StoreFixture()
        let tar = try fixture.makeTar("l.tar", "t = tarfile.open(out, 'w'); add(t, 'a', b'b'); t.close()")
        let staging = try await fixture.store.makeStaging()
        let bytes = try StoredFile(reading: tar).readAll()
        for name in ["one", "two", "three"] { try StoredFile(creating: staging.path + "/" + name).write(bytes) }
        let right = Digest(of: bytes)
        let wrong = Digest(of: [])
        let type = ImageManifest.layerMediaType
        await #expect(throws: RuntimeError.self) {
            try await fixture.store.addLayer(file: "one", in: staging, mediaType: type, digest: wrong)
        }
        await #expect(throws: RuntimeError.self) {
            try await fixture.store.addLayer(file: "two", in: staging, mediaType: type, digest: right, diffID: wrong)
        }
        let layer = try await fixture.store.addLayer(
            file: "three", in: staging, mediaType: type, digest: right, diffID: right)
        // A configuration with other layers cannot be published with it.
        var configuration = ImageConfiguration(architecture: "amd64")
        configuration.append(layer: wrong, createdBy: "")
        let content = ImageContent(configuration: configuration.document.encoded(), layers: [layer], origin: "")
        await #expect(throws: RuntimeError.self) { try await fixture.store.publish(content, as: []) }
        #expect(try await fixture.store.images().isEmpty)
        await fixture.engine.shutdown()
    }

    @Test("Cancelling ends the work, and what it had made is removed")
    func cancelled() async throws {
        let fixture = try await StoreFixture()
        let pipe = try LinuxKernel.Pipe()
        let staging = try await fixture.store.makeStaging()
        let work = Task { try await fixture.store.addLayer(stream: pipe.readEnd, in: staging) }
        work.cancel()
        await #expect(throws: RuntimeError.self) { try await work.value }
        await fixture.engine.shutdown()
    }

    @Test("Whoever reads archives has no right over anything but files, and no system calls for more")
    func systemCalls() async throws {
        let fixture = try await StoreFixture()
        let pipe = try LinuxKernel.Pipe()
        let before = Set(ProcessFiles.all())
        let staging = try await fixture.store.makeStaging()
        let work = Task { try await fixture.store.addLayer(stream: pipe.readEnd, in: staging) }
        var lines: [String: String] = [:]
        // It waits for the pipe, shut in.
        let end = ContinuousClock.now + .seconds(20)
        while lines["Seccomp"] != "2", ContinuousClock.now < end {
            await Task.yield()
            for pid in ProcessFiles.all() where !before.contains(pid) {
                guard
                    let text = (try? ProcessFiles.read("/proc/\(pid)/status")).map({
                        String(decoding: $0, as: UTF8.self)
                    }),
                    text.hasPrefix("Name:\tkijabi-archive\n")
                else { continue }
                for line in text.split(separator: "\n") {
                    let pair = line.split(separator: "\t", maxSplits: 1).map(String.init)
                    lines[String(pair[0].dropLast())] = pair.count > 1 ? pair[1] : ""
                }
            }
        }
        #expect(lines["Seccomp"] == "2" && lines["NoNewPrivs"] == "1")
        // chown, dac_override, dac_read_search, fowner, fsetid, setfcap
        #expect(lines["CapEff"] == "000000008000001f")
        work.cancel()
        await #expect(throws: RuntimeError.self) { try await work.value }
        await fixture.engine.shutdown()
    }

    /// All that is below the test's directory, but for what comes and goes.
    private func listing(_ fixture: StoreFixture) async throws -> [String] {
        _ = try await fixture.store.makeStaging()
        let all = FileManager.default.enumerator(atPath: fixture.directory.path)?.compactMap { $0 as? String } ?? []
        return all.filter { !$0.contains("/temporary/") && !$0.hasSuffix("images/lock") }.sorted()
    }

    private func attribute(_ path: String, _ name: String) -> String? {
        let program = "import os, sys; print(os.getxattr(sys.argv[1], sys.argv[2]).decode())"
        let python = ExecutableFile(path: "/usr/bin/python3")
        guard let text = try? python?.output(["-c", program, path, name]), !text.isEmpty else { return nil }
        return String(text.dropLast())
    }
}
