import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import OCI
import Synchronization
import Testing

@testable import ContainerEngine

/// An engine with a real store, a context, and what the builds in it have told.
final class BuildFixture: Sendable {
    let directory: ScratchDirectory
    let engine: ContainerEngine
    private let events = Mutex<[BuildEvent]>([])

    /// - Parameter environment: of whoever runs kijabi.
    init(environment: [String: String] = [:]) async throws {
        let directory = try ScratchDirectory("build")
        self.directory = directory
        try FileManager.default.createDirectory(
            atPath: directory.path + "/context", withIntermediateDirectories: true)
        var made = EngineConfiguration(
            dataDirectory: directory.path + "/data", runDirectory: directory.path + "/run",
            programDirectory: URL(fileURLWithPath: builtProgram("x")).deletingLastPathComponent().path)
        made.registries.environment = environment
        let configuration = made
        engine = try await ContainerEngine.start(
            configuration,
            images: { harbour throws(RuntimeError) in
                try ImageStore(
                    dataDirectory: configuration.dataDirectory, rootID: harbour.rootID, searchPath: "", stub: nil,
                    archives: ArchiveAgent(harbour: harbour, program: configuration.archiveProgram))
            }, network: { HarbourOnly(harbour: $0) })
    }

    func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws {
        let path = directory.path + "/context/" + name
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        chmod(path, mode)
    }

    func build(_ text: String, change: (inout BuildRequest) -> Void = { _ in }) async throws -> BuiltImage {
        let context = try FileDescriptor.open(directory.path + "/context", O_RDONLY | O_DIRECTORY)
        var request = BuildRequest(
            dockerfile: .text(Array(text.utf8)), context: .directory(descriptor: context.number))
        request.network = "none"
        change(&request)
        events.withLock { $0 = [] }
        let image = try await engine.build(request) { event in self.events.withLock { $0.append(event) } }
        withExtendedLifetime(context) {}
        return image
    }

    /// The fault of a build that must fail.
    func fault(_ text: String, change: (inout BuildRequest) -> Void = { _ in }) async throws -> BuildFault? {
        do {
            _ = try await build(text, change: change)
            Issue.record("built")
        } catch BuildError.fault(let fault) {
            return fault
        }
        return nil
    }

    /// How the steps of the last build ended, by their names.
    var ends: [String: BuildEvent.End] {
        let events = events.withLock { $0 }
        var names: [Int: String] = [:]
        var ends: [String: BuildEvent.End] = [:]
        for event in events {
            if case .began(let name) = event.kind { names[event.step] = name }
            if case .finished(let end) = event.kind, let name = names[event.step] { ends[name] = end }
        }
        return ends
    }

    var output: String {
        events.withLock { events in
            events.map { event in
                if case .output(let bytes) = event.kind { String(decoding: bytes, as: UTF8.self) } else { "" }
            }.joined()
        }
    }

    /// What a command prints in a container of an image.
    func run(_ image: BuiltImage, _ command: String...) async throws -> String {
        var configuration = ContainerConfiguration(image: image.id, command: command.isEmpty ? nil : command)
        if !command.isEmpty { configuration.entrypoint = [] }
        configuration.sandbox = SandboxConfiguration(name: "test", hostname: "box", network: .none)
        let id = try await engine.createContainer(configuration)
        try await engine.startContainer(id)
        _ = try await engine.waitContainer(id)
        var output: [UInt8] = []
        for await line in try await engine.logs(id, LogOptions()) { output += line.bytes }
        try await engine.removeContainer(id, force: true)
        return String(decoding: output, as: UTF8.self)
    }

    func configuration(_ image: BuiltImage) async throws -> ImageConfiguration {
        try await engine.store().image(image.id).configuration
    }

    /// What is being made in the store, and containers that are left.
    func leftovers() async throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/data/images/temporary")
        return names + (await engine.containers().map(\.name))
    }
}
