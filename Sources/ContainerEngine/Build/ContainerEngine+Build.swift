public import ContainerRuntime
import Glibc
import LinuxKernel
import OCI

extension ContainerEngine: BuildService {
    public func build(
        _ request: BuildRequest, progress: @escaping @Sendable (BuildEvent) -> Void
    ) async throws(BuildError) -> BuiltImage {
        let store: ImageStore
        do throws(RuntimeError) {
            store = try self.store()
        } catch {
            throw .runtime(error)
        }
        let build = ImageBuild(
            engine: self, store: store, request: request,
            progress: BuildProgress(now: configuration.now, report: progress))
        return try await build.run()
    }

    public func buildCache() async throws(RuntimeError) -> [BuildCacheEntry] {
        let store = try store()
        let used = Set(try await store.storedImages().flatMap(\.configuration.layers))
        return await store.steps().map { record in
            var entry = record.entry
            entry.isShared = record.layer.map { used.contains($0.diffID) } ?? false
            return entry
        }
    }

    public func pruneBuildCache(olderThan time: Double?) async throws(RuntimeError) -> [BuildCacheEntry] {
        let forgotten = try await buildCache().filter { entry in time.map { entry.lastUsedAt < $0 } ?? true }
        try await store().forgetSteps(forgotten.map(\.key))
        try await store().clear(uses: imageUses)
        return forgotten
    }

    /// The image that a stage begins with.
    /// - Parameter progress: hears of a pull.
    func baseImage(
        _ reference: String, pulls: Bool, progress: @escaping @Sendable (TransferEvent) -> Void
    ) async throws(RuntimeError) -> StoredImage {
        let summary = try await image(reference, pulls ? .always : .missing, progress: progress)
        return try await store().image(summary.id)
    }

    /// A container on layers that are no image yet.
    func createBuildContainer(
        _ wanted: ContainerConfiguration, lowerPaths: [String]
    ) async throws(RuntimeError) -> String {
        let image = ImageSummary(
            id: "", references: [], size: 0, createdAt: 0, entrypoint: [], command: [], environment: [],
            workingDirectory: "", user: "", origin: "")
        return try addContainer(wanted, image, lowerPaths: lowerPaths)
    }
}
