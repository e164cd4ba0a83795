public import ContainerRuntime
import Documents
import Glibc
import LinuxKernel
import OCI

extension ContainerEngine: ImageService {
    /// The store of this engine's images.
    func store() throws(RuntimeError) -> ImageStore {
        if harbour.hasEnded { throw .unavailable(reason: "the container engine has been shut down") }
        guard let store = images_ as? ImageStore else { throw .unavailable(reason: "this engine has no image store") }
        return store
    }

    /// The containers and what they stand on.
    var imageUses: [ImageUse] {
        containersByID.values.map { record in
            ImageUse(
                container: record.id, imageID: record.status.imageID, reference: record.status.imageReference,
                isAlive: record.status.state.isAlive, layers: record.status.lowerDirectories)
        }
    }

    public func imageDetails() async throws(RuntimeError) -> [ImageDetails] { try await store().details() }

    public func imageDetails(_ reference: String) async throws(RuntimeError) -> ImageDetails {
        try await store().details(reference)
    }

    public func tagImage(_ source: String, as target: String) async throws(RuntimeError) {
        try await store().tag(source, as: try Self.reference(target))
    }

    public func removeImage(_ reference: String, force: Bool) async throws(RuntimeError) -> [ImageRemoval] {
        try await store().remove(reference, force: force, uses: imageUses)
    }

    public func pruneImages(
        all: Bool, isWanted: @Sendable (ImageDetails) -> Bool
    ) async throws(RuntimeError) -> (removed: [ImageRemoval], bytes: Int) {
        try await store().prune(all: all, uses: imageUses, isWanted: isWanted)
    }

    public func imageDiskUsage() async throws(RuntimeError) -> ImageDiskUsage { try await store().diskUsage() }

    // MARK: Archives

    public func loadImages(from input: Int32) async throws(RuntimeError) -> [LoadedImage] {
        try await store().load(from: try Self.duplicate(input))
    }

    public func saveImages(_ references: [String], to output: Int32) async throws(RuntimeError) {
        try await store().save(references, to: try Self.duplicate(output))
    }

    public func importImage(
        from input: Int32, as reference: String?, _ options: ImageChange
    ) async throws(RuntimeError) -> String {
        let store = try store()
        let references = try reference.map { text throws(RuntimeError) in [try Self.reference(text)] } ?? []
        var configuration = ImageConfiguration(architecture: ImageStore.architecture)
        configuration.created = RFC3339.text(seconds: Int(self.configuration.now()))
        configuration.author = options.author
        for line in options.instructions { try ConfigurationChange(line).apply(to: &configuration) }
        let staging = try await store.makeStaging()
        let layer = try await store.addLayer(stream: try Self.duplicate(input), in: staging)
        configuration.append(layer: layer.diffID, createdBy: "", comment: options.message ?? "Imported from -")
        let content = ImageContent(
            configuration: configuration.document.encoded(), layers: [layer], origin: "imported")
        return try await store.publish(content, as: references).id
    }

    public func commitContainer(
        _ id: String, as reference: String?, _ options: ImageChange, pause: Bool
    ) async throws(RuntimeError) -> String {
        let record = try record(id)
        let references = try reference.map { text throws(RuntimeError) in [try Self.reference(text)] } ?? []
        // Changes that cannot be made are said before any work is done.
        for line in options.instructions { _ = try ConfigurationChange(line) }
        let isPaused = pause && record.status.state == .running
        if isPaused { try await pauseContainer(record.id) }
        do throws(RuntimeError) {
            let image = try await commit(record.status, references, options)
            if isPaused { try? await unpauseContainer(record.id) }
            return image
        } catch {
            if isPaused { try? await unpauseContainer(record.id) }
            throw error
        }
    }

    private func commit(
        _ status: ContainerStatus, _ references: [ImageReference], _ options: ImageChange
    ) async throws(RuntimeError) -> String {
        let store = try store()
        let base = try await store.image(status.imageID)
        var configuration = base.configuration
        configuration.created = RFC3339.text(seconds: Int(self.configuration.now()))
        configuration.author = options.author
        configuration.take(status)
        for line in options.instructions { try ConfigurationChange(line).apply(to: &configuration) }
        let staging = try await store.makeStaging()
        let layer = try await store.addLayer(packing: try await upperTree(of: status, or: staging), in: staging)
        configuration.append(
            layer: layer.diffID, createdBy: status.command.joined(separator: " "), comment: options.message)
        let layers = await store.storedLayers(of: base) + [layer]
        let content = ImageContent(
            configuration: configuration.document.encoded(), layers: layers,
            origin: "committed from container \(status.name)", parent: Digest(base.summary.id))
        return try await store.publish(content, as: references).id
    }

    /// The container's writable layer; an empty directory if it has never run.
    private func upperTree(of status: ContainerStatus, or staging: ImageStaging) async throws(RuntimeError)
        -> FileDescriptor
    {
        do throws(RuntimeError) {
            return try await harbour.openTree(Self.layerPath(status.id, status.configuration) + "/upper")
        } catch {
            guard case .system(_, ENOENT, _) = error else { throw error }
            return try staging.createTree("empty", owner: harbour.rootID)
        }
    }

    static func reference(_ text: String) throws(RuntimeError) -> ImageReference {
        do throws(ImageReferenceError) {
            return try ImageReference(text)
        } catch {
            throw .conflict("Error parsing reference: \"\(text)\" is not a valid repository/tag: \(error)")
        }
    }

    /// The caller keeps its own.
    static func duplicate(_ descriptor: Int32) throws(RuntimeError) -> FileDescriptor {
        do throws(Errno) {
            return try FileDescriptor.duplicate(descriptor)
        } catch {
            throw .system(stage: "duplicate descriptor", errno: error.code, path: nil)
        }
    }
}

extension ImageConfiguration {
    /// Takes over what a container was told to be other than its image, as docker commit does.
    fileprivate mutating func take(_ status: ContainerStatus) {
        let wanted = status.configuration
        if let entrypoint = wanted.entrypoint { self.entrypoint = entrypoint }
        if let command = wanted.command { self.command = command }
        for entry in wanted.environment {
            let name = entry.prefix { $0 != "=" } + "="
            environment.removeAll { $0.hasPrefix(name) }
            environment.append(entry)
        }
        if let directory = wanted.workingDirectory { workingDirectory = directory }
        if let user = wanted.user { self.user = user }
        labels.merge(wanted.labels) { _, new in new }
    }
}
