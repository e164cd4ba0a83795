import ContainerRuntime
import Documents
import Foundation
import Glibc
import LinuxKernel
import OCI
import Testing

@testable import ContainerEngine

/// Chance that is the same every time: xorshift64.
private struct Dice {
    var state: UInt64
    mutating func roll(_ sides: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(sides))
    }

    /// Some bytes changed, taken out, doubled, or the end cut off.
    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...roll(6) where !bytes.isEmpty {
            let place = roll(bytes.count)
            switch roll(6) {
            case 0: bytes[place] = UInt8(roll(256))
            case 1: bytes[place] ^= 1 << UInt8(roll(8))
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + roll(64)))
            case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 1 + roll(600))], at: place)
            case 4: bytes.removeLast(roll(bytes.count / 2 + 1))
            default: bytes.replaceSubrange(place..<min(bytes.count, place + 8), with: Array("../../..".utf8))
            }
        }
        return bytes
    }
}

@Suite struct ImageFuzzTests {
    @Test("Damaged documents are refused or understood, never more")
    func documents() throws {
        var dice = Dice(state: 0x6B69_6A61_6269)
        let digest = Digest(of: [])
        var configuration = ImageConfiguration(architecture: "amd64")
        configuration.append(layer: digest, createdBy: "x")
        configuration.labels = ["a": "b"]
        configuration.exposedPorts = ["80/tcp"]
        let descriptor = ContentDescriptor(mediaType: "m", digest: digest, size: 3)
        let manifest = ImageManifest(configuration: descriptor, layers: [descriptor], annotations: ["a": "b"])
        var table = ReferenceTable()
        table.entries["docker.io/library/a:b"] = ReferenceTable.Entry(manifest: digest)
        table.images[digest] = ReferenceTable.Image(origin: "x", size: 3, addedAt: 4, parent: digest)
        let documents = [configuration.document, manifest.document, table.document].map { $0.encoded() }
        var understood = 0
        for _ in 0..<3000 {
            for document in documents {
                let bytes = dice.mutate(document)
                if let parsed = try? ImageConfiguration(parsing: bytes) {
                    understood += 1
                    let again = try ImageConfiguration(parsing: parsed.document.encoded())
                    #expect(again.layers == parsed.layers)
                    _ = (parsed.command, parsed.environment, parsed.volumes, parsed.labels, parsed.healthCheck)
                }
                if let parsed = try? ImageManifest(parsing: bytes) {
                    understood += 1
                    let again = try ImageManifest(parsing: parsed.document.encoded())
                    #expect(again == parsed)
                }
                if let parsed = try? ReferenceTable(parsing: bytes) {
                    understood += 1
                    let again = try ReferenceTable(parsing: parsed.document.encoded())
                    #expect(again.entries.count == parsed.entries.count)
                }
            }
        }
        #expect(understood > 100)
    }

    @Test("Damaged archives change nothing outside, and leave a store that works")
    func archives() async throws {
        let fixture = try await StoreFixture()
        let engine = fixture.engine
        let layer = try fixture.makeTar(
            "layer.tar",
            """
            with tarfile.open(out, 'w', format=tarfile.PAX_FORMAT) as t:
                add(t, 'd/', type=tarfile.DIRTYPE, mode=0o755)
                add(t, 'd/file', b'content' * 50, mode=0o4755)
                add(t, 'd/hard', type=tarfile.LNKTYPE, linkname='d/file')
                add(t, 'sym', type=tarfile.SYMTYPE, linkname='d')
                add(t, 'sym/through', b'x')
                add(t, 'd/.wh.gone')
                add(t, 'n' * 150 + '/long', b'x', pax_headers={'SCHILY.xattr.user.a': 'b'})
                add(t, 'fifo', type=tarfile.FIFOTYPE)
            """)
        let saved = try fixture.file("saved.tar")
        _ = try await fixture.load(layer, as: "small")
        try await engine.saveImages(["small"], to: saved)
        let outside = fixture.directory.path + "/outside"
        mkdir(outside, 0o777)
        chmod(outside, 0o777)
        func surroundings() -> [String] {
            ["", "/data", "/outside", "/data/images"].flatMap { place in
                FileTree.names(in: fixture.directory.path + place).map { place + "/" + $0 }
            }.filter { !$0.hasPrefix("/mutant") }.sorted()
        }
        let before = surroundings()
        var dice = Dice(state: 0x6B69_6A61_6270)
        let originals = [
            try StoredFile(reading: layer).readAll(),
            try StoredFile(reading: fixture.directory.path + "/saved.tar").readAll(),
        ]
        var refused = 0
        for round in 0..<60 {
            let path = fixture.directory.path + "/mutant"
            unlink(path)
            try StoredFile(creating: path).write(dice.mutate(originals[round % 2]))
            let input = try FileDescriptor.open(path, O_RDONLY)
            do {
                if round % 2 == 0 {
                    let staging = try await fixture.store.makeStaging()
                    _ = try await fixture.store.addLayer(stream: input, in: staging)
                } else {
                    _ = try await engine.loadImages(from: input.number)
                }
            } catch {
                refused += 1
            }
            #expect(surroundings() == before, "round \(round)")
        }
        #expect(refused > 10)
        #expect(try await engine.imageDetails("small").layers.count == 1)
        _ = try await fixture.store.makeStaging()
        await engine.shutdown()
    }
}
