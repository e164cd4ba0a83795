import ContainerRuntime
import Documents
import Foundation
import Glibc
import LinuxKernel
import OCI
import RegistryStandIns
import Synchronization
import Testing

@testable import ContainerEngine

/// Images between the store and registries, unpacked and run for real.
@Suite struct RegistryEngineTests {
    private let fixture: StoreFixture
    private var engine: ContainerEngine { fixture.engine }

    init() async throws { fixture = try await StoreFixture() }

    /// The steps of a transfer, as they were told.
    private final class Steps: Sendable {
        private let steps = Mutex<[TransferEvent]>([])
        var all: [TransferEvent] { steps.withLock { $0 } }
        func take(_ event: TransferEvent) { steps.withLock { $0.append(event) } }
    }

    /// An image of two layers: this machine's busybox, and a file.
    private func twoLayers(_ name: String, _ text: String = "ahoy\n") async throws {
        let tar = try fixture.makeTar(
            "\(text.count).tar",
            """
            with tarfile.open(out, 'w') as t:
                add(t, 'etc/motd', \(text.debugDescription).encode())
            """)
        let staging = try await fixture.store.makeStaging()
        let base = try await fixture.store.image("busybox")
        let layer = try await fixture.store.addLayer(stream: try FileDescriptor.open(tar, O_RDONLY), in: staging)
        var configuration = base.configuration
        configuration.append(layer: layer.diffID, createdBy: "test")
        configuration.command = ["cat", "/etc/motd"]
        let content = ImageContent(
            configuration: configuration.document.encoded(),
            layers: await fixture.store.storedLayers(of: base) + [layer], origin: "test")
        try await fixture.store.publish(content, as: [try ImageReference(name)])
    }

    private func output(_ image: String) async throws -> String {
        var configuration = ContainerConfiguration(image: image)
        configuration.sandbox = SandboxConfiguration(name: "test", hostname: "box", network: .none)
        let id = try await engine.createContainer(configuration)
        try await engine.startContainer(id)
        _ = try await engine.waitContainer(id)
        var output: [UInt8] = []
        for await line in try await engine.logs(id, LogOptions()) { output += line.bytes }
        return String(decoding: output, as: UTF8.self)
    }

    @Test(
        "What one engine pushes another pulls and runs, and the second push and pull move nothing",
        .enabled(if: RegistryProcess.isInstalled))
    func pushAndPull() async throws {
        let registry = try RegistryProcess()
        let name = "\(registry.domain)/team/motd:v1"
        try await twoLayers(name)
        let steps = Steps()
        let pushed = try await engine.pushImage(name) { steps.take($0) }
        #expect(pushed.tag == "v1")
        #expect(steps.all.count { if case .layer(_, .pushed) = $0 { true } else { false } } == 2)
        let again = Steps()
        #expect(try await engine.pushImage(name) { again.take($0) }.digest == pushed.digest)
        #expect(again.all.count { if case .layer(_, .alreadyExists) = $0 { true } else { false } } == 2)

        let other = try await StoreFixture()
        #expect(await !other.engine.isImageHere(name, platform: nil))
        let pulling = Steps()
        let pulled = try await other.engine.pullImage(name, platform: nil) { pulling.take($0) }
        #expect(pulled.digest == pushed.digest)
        #expect(pulled.isNewer)
        #expect(pulling.all.first == .pulling(repository: "team/motd", reference: "v1"))
        #expect(pulling.all.count { if case .layer(_, .pullComplete) = $0 { true } else { false } } == 2)
        #expect(try await !other.engine.pullImage(name, platform: nil) { _ in }.isNewer)
        #expect(
            try await other.engine.resolveImage("\(registry.domain)/team/motd@\(pushed.digest)").id == pulled.summary.id
        )
        #expect(FileTree.names(in: other.directory.path + "/data/images/downloads").isEmpty)
        #expect(FileTree.names(in: other.directory.path + "/data/images/temporary").isEmpty)
    }

    @Test(
        "A container of an image that is only in a registry has it pulled, and runs",
        .enabled(if: RegistryProcess.isInstalled))
    func pullForRun() async throws {
        let registry = try RegistryProcess()
        let name = "\(registry.domain)/motd"
        try await twoLayers(name)
        _ = try await engine.pushImage(name) { _ in }
        _ = try await engine.removeImage(name, force: true)
        await #expect(throws: RuntimeError.noSuchImage(name)) {
            var configuration = ContainerConfiguration(image: name)
            configuration.pullPolicy = .never
            _ = try await engine.createContainer(configuration)
        }
        #expect(try await output(name) == "ahoy\n")
        // Somebody else pushes another one of that name: it is fetched only where that is wanted.
        let other = try await StoreFixture()
        let others = RegistryEngineTests(fixture: other)
        try await others.twoLayers(name, "ahoy again\n")
        _ = try await other.engine.pushImage(name) { _ in }
        #expect(try await output(name) == "ahoy\n")
        #expect(try await engine.pullImage(name, platform: nil) { _ in }.isNewer)
        #expect(try await output(name) == "ahoy again\n")
    }

    private init(fixture: StoreFixture) { self.fixture = fixture }

    /// A registry of the test with one image of one layer, which a test makes worse.
    private final class Shelf: Sendable {
        let layer: [UInt8]
        let configuration: [UInt8]
        let manifest: [UInt8]

        init(
            _ layer: [UInt8], diffID: Digest? = nil, layerType: String = MediaType.gzipLayer,
            architecture: String = "amd64"
        ) {
            self.layer = layer
            var configuration = ImageConfiguration(architecture: architecture)
            configuration.append(layer: diffID ?? Digest(of: layer), createdBy: "test")
            self.configuration = configuration.document.encoded()
            manifest = ImageManifest(
                configuration: ContentDescriptor(
                    mediaType: ImageConfiguration.mediaType, digest: Digest(of: self.configuration),
                    size: self.configuration.count),
                layers: [ContentDescriptor(mediaType: layerType, digest: Digest(of: layer), size: layer.count)]
            ).document.encoded()
        }

        func answer(_ request: StandInServer.Request) -> StandInServer.Answer {
            if request.path == "/v2/" { return .status(200) }
            if request.path.contains("/manifests/") { return .status(200, body: manifest) }
            for blob in [layer, configuration] where request.path.hasSuffix(Digest(of: blob).description) {
                return .status(200, body: blob)
            }
            return .status(404)
        }
    }

    @Test(
        "A registry that lies changes nothing",
        arguments: ["no tar", "other files", "kind", "platform", "bytes", "configuration", "layers"])
    func liars(lie: String) async throws {
        let tar = try fixture.makeTar("a.tar", "with tarfile.open(out, 'w') as t: add(t, 'a', b'b')")
        let layer = Array(try Data(contentsOf: URL(fileURLWithPath: tar)))
        let shelf =
            switch lie {
            case "no tar": Shelf(Array("this is no archive, whatever its digest says".utf8))
            case "other files": Shelf(layer, diffID: Digest(of: [1]))
            case "kind": Shelf(layer, layerType: "application/vnd.example.whatever")
            case "platform": Shelf(layer, architecture: "s390x")
            default: Shelf(layer)
            }
        let server = try StandInServer { request in
            switch lie {
            case "bytes" where request.path.hasSuffix(Digest(of: layer).description):
                return .status(200, body: layer.map { $0 ^ 1 })
            case "configuration" where request.path.hasSuffix(Digest(of: shelf.configuration).description):
                return .endless(headers: [:])
            case "layers" where request.path.contains("/manifests/"):
                var manifest = try? ImageManifest(parsing: shelf.manifest)
                if let layer = manifest?.layers.first { manifest?.layers.append(layer) }
                return .status(200, body: manifest?.document.encoded() ?? [])
            default: return shelf.answer(request)
            }
        }
        let before = try listing()
        await #expect(throws: RuntimeError.self) {
            _ = try await engine.pullImage("\(server.domain)/liar", platform: "linux/amd64") { _ in }
        }
        #expect(try await engine.images().allSatisfy { $0.references == ["busybox:latest"] })
        #expect(try listing() == before)
    }

    /// Blobs and layers of the store, and what is being made.
    private func listing() throws -> [String] {
        ["blobs/sha256", "layers", "temporary"].flatMap { place in
            FileTree.names(in: fixture.directory.path + "/data/images/\(place)").map { "\(place)/\($0)" }.sorted()
        }
    }

    @Test("A pull that was cancelled goes on where it stopped")
    func resumed() async throws {
        let tar = try fixture.makeTar("a.tar", "with tarfile.open(out, 'w') as t: add(t, 'a', os.urandom(300000))")
        let layer = Array(try Data(contentsOf: URL(fileURLWithPath: tar)))
        let shelf = Shelf(layer, layerType: ImageManifest.layerMediaType)
        let isPatient = Mutex(false)
        let patience = Box(isPatient)
        let server = try StandInServer { request in
            guard request.path.hasSuffix(Digest(of: layer).description) else { return shelf.answer(request) }
            if let range = request.headers["range"], let start = Int(range.dropFirst(6).dropLast()) {
                guard patience.value.withLock({ $0 }) else { return .silence }
                let header = "bytes \(start)-\(layer.count - 1)/\(layer.count)"
                return .status(206, headers: ["Content-Range": header], body: Array(layer[start...]))
            }
            return .cutOff(200, body: Array(layer.prefix(100_000)), length: layer.count)
        }
        let name = "\(server.domain)/big"
        let (moments, moment) = AsyncStream<Void>.makeStream()
        let pull = Task { [engine] in
            try await engine.pullImage(name, platform: nil) { event in
                if case .layer(_, .downloading(100_000, _)) = event { moment.yield() }
            }
        }
        for await _ in moments { break }
        pull.cancel()
        await #expect(throws: RuntimeError.self) { _ = try await pull.value }
        #expect(await !engine.isImageHere(name, platform: nil))
        patience.value.withLock { $0 = true }
        #expect(try await engine.pullImage(name, platform: nil) { _ in }.isNewer)
        let ranges = server.requests.compactMap { $0.headers["range"] }
        #expect(ranges.last == "bytes=100000-")
        // From the beginning it was asked for once only.
        #expect(
            server.requests.count { $0.path.hasSuffix(Digest(of: layer).description) && $0.headers["range"] == nil }
                == 1)
    }

    private final class Box: Sendable {
        let value: Mutex<Bool>
        init(_ value: consuming Mutex<Bool>) { self.value = value }
    }

    @Test("Where nobody answers, what can be made here is offered, and the wait is not repeated at once")
    func unreachable() async throws {
        let server = try StandInServer { _ in .silence }
        let domain = server.domain
        server.close()
        for _ in 0..<2 {
            do throws(RuntimeError) {
                _ = try await engine.resolveImage("\(domain)/nothing")
                Issue.record("it was found")
            } catch {
                guard case .registry(.unreachable(domain, _, let offers)) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(offers.contains("busybox:latest"))
            }
        }
    }

    @Test("A password is tried before it is kept, and forgotten on request", .enabled(if: RegistryProcess.isInstalled))
    func login() async throws {
        // "secret", as `htpasswd -nbB` writes it.
        let hash = "$2b$04$bSf8HxqbzlQH0C7Cl/CIk.kso.ixLBNJQ37XOqGte7cFeiKHoFBAW"
        let file = fixture.directory.path + "/htpasswd"
        try "sailor:\(hash)\n".write(toFile: file, atomically: false, encoding: .utf8)
        let registry = try RegistryProcess(top: "auth:\n  htpasswd:\n    realm: harbour\n    path: \(file)")
        let name = "\(registry.domain)/motd"
        try await twoLayers(name)
        await #expect(throws: RuntimeError.self) { _ = try await engine.pushImage(name) { _ in } }
        do throws(RuntimeError) {
            try await engine.logIn(registry: registry.domain, user: "sailor", secret: "wrong")
            Issue.record("it let us in")
        } catch {
            guard case .registry(.wrongPassword) = error else {
                Issue.record("\(error)")
                return
            }
        }
        #expect(await engine.login(registry: registry.domain).user == nil)
        try await engine.logIn(registry: registry.domain, user: "sailor", secret: "secret")
        #expect(await engine.login(registry: registry.domain).user == "sailor")
        #expect(try await engine.pushImage(name) { _ in }.tag == "latest")
        #expect(try await engine.logOut(registry: registry.domain))
        await #expect(throws: RuntimeError.self) { _ = try await engine.pullImage(name, platform: nil) { _ in } }
    }
}
