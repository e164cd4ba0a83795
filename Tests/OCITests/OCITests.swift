import Documents
import OCI
import Testing

@Suite struct DigestTests {
    @Test("Known answers of FIPS 180-4")
    func knownAnswers() {
        #expect(
            Digest(of: Array("abc".utf8)).description
                == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Digest(of: [UInt8]()).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test("A digest in pieces is the digest of the whole")
    func pieces() {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var hash = SHA256()
        for start in stride(from: 0, to: bytes.count, by: 777) {
            hash.update(Array(bytes[start..<min(start + 777, bytes.count)]))
        }
        #expect(hash.finish() == Digest(of: bytes))
    }

    @Test(arguments: ["", "sha256:", "sha256:BA78", "sha512:" + String(repeating: "0", count: 64), "abc"])
    func refused(_ text: String) {
        #expect(Digest(text) == nil)
    }
}

@Suite struct ImageReferenceTests {
    @Test(arguments: [
        ("busybox", "docker.io/library/busybox:latest", "busybox:latest"),
        ("busybox:1.36", "docker.io/library/busybox:1.36", "busybox:1.36"),
        ("docker.io/library/busybox:latest", "docker.io/library/busybox:latest", "busybox:latest"),
        ("docker.io/busybox", "docker.io/library/busybox:latest", "busybox:latest"),
        ("index.docker.io/busybox", "docker.io/library/busybox:latest", "busybox:latest"),
        ("me/app", "docker.io/me/app:latest", "me/app:latest"),
        ("localhost/app", "localhost/app:latest", "localhost/app:latest"),
        ("localhost:5000/app:v1", "localhost:5000/app:v1", "localhost:5000/app:v1"),
        ("ghcr.io/a/b_c/d--e", "ghcr.io/a/b_c/d--e:latest", "ghcr.io/a/b_c/d--e:latest"),
    ])
    func parsed(_ text: String, _ whole: String, _ familiar: String) throws {
        let reference = try ImageReference(text)
        #expect(reference.description == whole)
        #expect(reference.familiar == familiar)
    }

    @Test func digested() throws {
        let digest = Digest(of: [1, 2, 3])
        let reference = try ImageReference("busybox@\(digest)")
        #expect(reference.tag == nil)
        #expect(reference.digest == digest)
        #expect(reference.description == "docker.io/library/busybox@\(digest)")
    }

    @Test(arguments: [
        "", ":", "busybox:", "busybox:-x", "a//b", "/a", "a/", "-a", "a-", "a___b", "a..b", "bus ybox", "키잡이",
        "busybox@sha256:12", "a.b:port/c", "busybox:a:b",
    ])
    func invalid(_ text: String) {
        #expect(throws: ImageReferenceError.invalidFormat(text)) { try ImageReference(text) }
    }

    @Test func uppercase() {
        let error = #expect(throws: ImageReferenceError.self) { try ImageReference("BusyBox") }
        #expect(
            error?.description == "invalid reference format: repository name (library/BusyBox) must be lowercase")
    }
}

@Suite struct ImageDocumentTests {
    @Test("A configuration reads back what was written, with members nobody here knows")
    func configurationRoundTrip() throws {
        var configuration = ImageConfiguration(architecture: "amd64")
        configuration.command = ["sh"]
        configuration.environment = ["PATH=/bin"]
        configuration.append(layer: Digest(of: [1]), createdBy: "one")
        configuration.document["author"] = "somebody"
        let copy = try ImageConfiguration(parsing: configuration.document.encoded())
        #expect(copy == configuration)
        #expect(copy.layers == [Digest(of: [1])])
        #expect(copy.command == ["sh"])
        #expect(copy.document["author"]?.string == "somebody")
    }

    @Test(arguments: [
        (#"{"os":"linux","rootfs":{"diff_ids":[]}}"#, OCIParseError.missing(field: "architecture")),
        (#"{"architecture":"a","os":"linux","rootfs":{}}"#, .missing(field: "rootfs.diff_ids")),
        (
            #"{"architecture":"a","os":"linux","rootfs":{"diff_ids":[]},"config":{"Cmd":"sh"}}"#,
            .wrongType(field: "config.Cmd", expected: "an array of strings")
        ),
    ])
    func configurationFaults(_ text: String, _ error: OCIParseError) {
        #expect(throws: error) { try ImageConfiguration(parsing: Array(text.utf8)) }
    }

    @Test func manifestRoundTrip() throws {
        let manifest = ImageManifest(
            configuration: ContentDescriptor(mediaType: ImageConfiguration.mediaType, digest: Digest(of: [1]), size: 1),
            layers: [ContentDescriptor(mediaType: ImageManifest.layerMediaType, digest: Digest(of: [2]), size: 1)],
            annotations: ["a": "b"])
        #expect(try ImageManifest(parsing: manifest.document.encoded()) == manifest)
    }

    @Test func manifestNamesTheField() {
        let text = #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:zz","size":1},"layers":[]}"#
        #expect(
            throws: OCIParseError.wrongType(
                field: "config.digest", expected: "sha256: and 64 hexadecimal digits")
        ) { try ImageManifest(parsing: Array(text.utf8)) }
    }
}
