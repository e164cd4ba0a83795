import Foundation
import Glibc
import OCI
import RegistryStandIns
import Testing

@testable import Registry

/// The client against docker's own registry.
@Suite(.enabled(if: RegistryProcess.isInstalled)) struct DistributionTests {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory("distribution") }

    @Test("What is pushed comes back the same, by tag and by digest, and nothing else is there")
    func roundTrip() async throws {
        let registry = try RegistryProcess()
        let client = makeClient(registry.domain)
        let layer = noise(100_000)
        let (manifest, descriptor) = try await push(layer, to: client, "a/b", tag: "v1", in: directory)
        let pulled = try await client.manifest("a/b", "v1")
        #expect(pulled.bytes == manifest)
        #expect(pulled.mediaType == ImageManifest.mediaType)
        #expect(try await client.manifest("a/b", pulled.digest.description) == pulled)
        #expect(try await client.manifestDigest("a/b", "v1") == pulled.digest)
        #expect(try await client.manifestDigest("a/b", "v2") == nil)
        #expect(try await client.hasBlob(descriptor.digest, in: "a/b"))
        #expect(try await !client.hasBlob(Digest(of: [1]), in: "a/b"))
        let path = directory.path + "/download"
        let blob = try await client.download(descriptor, of: "a/b", to: path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: blob.path)) == Data(layer))
        await #expect(throws: RegistryError.notFound(detail: "manifest unknown")) {
            do {
                _ = try await client.manifest("a/b", "v2")
            } catch RegistryError.notFound {
                throw RegistryError.notFound(detail: "manifest unknown")
            }
        }
    }

    @Test("A blob is taken over from another repository, and one that is not there is not")
    func mount() async throws {
        let registry = try RegistryProcess()
        let client = makeClient(registry.domain)
        let (_, layer) = try await push(noise(1000), to: client, "one", tag: "v1", in: directory)
        #expect(try await client.mount(layer.digest, from: "one", in: "two"))
        #expect(try await client.hasBlob(layer.digest, in: "two"))
        #expect(try await !client.mount(Digest(of: [1]), from: "one", in: "two"))
    }

    @Test("A blob of several pieces arrives whole")
    func pieces() async throws {
        let registry = try RegistryProcess()
        let client = makeClient(registry.domain)
        let bytes = noise(RegistryClient.pieceLength * 2 + 12_345)
        let blob = descriptor(bytes)
        let file = try file(bytes, directory.path + "/blob")
        try await client.upload(blob, from: file, to: "big")
        let back = try await client.download(blob, of: "big", to: directory.path + "/back")
        #expect(try Data(contentsOf: URL(fileURLWithPath: back.path)) == Data(bytes))
    }

    @Test("Tags are listed over several pages")
    func tags() async throws {
        let registry = try RegistryProcess()
        let client = makeClient(registry.domain)
        for tag in ["v1", "v2", "v3"] {
            _ = try await push([1, 2, 3], to: client, "a", tag: tag, in: directory)
        }
        #expect(try await client.tags("a") == ["v1", "v2", "v3"])
        await #expect(throws: RegistryError.self) { try await client.tags("none") }
    }

    @Test("An empty blob goes both ways")
    func emptyBlob() async throws {
        let registry = try RegistryProcess()
        let client = makeClient(registry.domain)
        try await client.upload(
            descriptor([]), from: try file([], directory.path + "/empty"), to: "a")
        let blob = try await client.download(descriptor([]), of: "a", to: directory.path + "/back")
        #expect(try Data(contentsOf: URL(fileURLWithPath: blob.path)).isEmpty)
    }

    @Test("Who has no password, or a wrong one, is not let in; who has it is")
    func basic() async throws {
        try "sailor:\(Self.bcrypt)\n".write(toFile: directory.path + "/htpasswd", atomically: false, encoding: .utf8)
        let registry = try RegistryProcess(
            top: "auth:\n  htpasswd:\n    realm: harbour\n    path: \(directory.path)/htpasswd")
        for credential in [nil, RegistryCredential(user: "sailor", secret: "wrong")] {
            let stranger = makeClient(registry.domain, credential)
            await #expect(
                performing: { try await stranger.checkAccess() },
                throws: { error in
                    guard case .unauthorized(registry.domain, _) = error as? RegistryError else { return false }
                    return true
                })
            await #expect(throws: RegistryError.self) { try await stranger.tags("a") }
        }
        let sailor = makeClient(registry.domain, RegistryCredential(user: "sailor", secret: "secret"))
        try await sailor.checkAccess()
        _ = try await push(noise(10), to: sailor, "a", tag: "v1", in: directory)
        #expect(try await sailor.tags("a") == ["v1"])
    }

    /// "secret", as `htpasswd -nbB` writes it.
    private static let bcrypt = "$2b$04$bSf8HxqbzlQH0C7Cl/CIk.kso.ixLBNJQ37XOqGte7cFeiKHoFBAW"

    @Test("Over TLS, the registry's own authority has to be named")
    func tls() async throws {
        let path = directory.path
        let made = try run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "1", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path + "/key", "-out",
            path + "/certificate")
        try #require(made.status == 0, "\(made.output)")
        let registry = try RegistryProcess(
            http: "  tls:\n    certificate: \(path)/certificate\n    key: \(path)/key")
        await #expect(
            performing: { try await makeClient(registry.domain).checkAccess() },
            throws: { error in
                guard case .untrusted(registry.domain, _) = error as? RegistryError else { return false }
                return true
            })
        let place = "\(path)/certs.d/\(registry.domain)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: path + "/certificate", toPath: place + "/ca.crt")
        let trust = ServerTrust(registry: registry.domain, directories: [path + "/none", path + "/certs.d"])
        let client = makeClient(registry.domain, trust: trust)
        _ = try await push(noise(10), to: client, "a", tag: "v1", in: directory)
        #expect(try await client.tags("a") == ["v1"])
    }

    @Test("What skopeo copies in is what we see, and what we push skopeo copies out")
    func skopeo() async throws {
        try #require(access("/usr/bin/skopeo", X_OK) == 0, "package skopeo")
        let registry = try RegistryProcess()
        let client = makeClient(registry.domain)
        let layer = try tarOfOneFile(in: directory)
        let (bytes, _) = try await push(layer, to: client, "ours", tag: "v1", in: directory)
        let out = try run(
            "skopeo", "--insecure-policy", "copy", "--src-tls-verify=false", "docker://\(registry.domain)/ours:v1",
            "oci:\(directory.path)/layout:v1")
        #expect(out.status == 0, "\(out.output)")
        let back = try run(
            "skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", "--format", "v2s2",
            "oci:\(directory.path)/layout:v1", "docker://\(registry.domain)/theirs:v1")
        #expect(back.status == 0, "\(back.output)")
        let theirs = try await client.manifest("theirs", "v1")
        #expect(theirs.mediaType == MediaType.dockerManifest)
        let ours = try ImageManifest(parsing: bytes)
        #expect(try ImageManifest(parsing: theirs.bytes).configuration.digest == ours.configuration.digest)
    }

    private func tarOfOneFile(in directory: ScratchDirectory) throws -> [UInt8] {
        try "ahoy\n".write(toFile: directory.path + "/ahoy", atomically: false, encoding: .utf8)
        try run("tar", "-C", directory.path, "-cf", directory.path + "/ahoy.tar", "ahoy")
        return Array(try Data(contentsOf: URL(fileURLWithPath: directory.path + "/ahoy.tar")))
    }
}
