import ContainerRuntime
import Dockerfile
import Glibc
import LinuxKernel
import OCI

/// COPY, ADD and WORKDIR: a layer is laid out as a tar stream, which the store unpacks. No file of the image is touched,
/// and no link in it leads anywhere but inside it.
extension StageBuild {
    func copy(
        _ copy: CopyOperation, _ step: BuildStep, _ number: Int, on state: StageState
    ) async throws(StepFailure) -> Outcome {
        let layout = try await layOut(copy, step, number, on: state)
        let key = CacheKey.copy(layout.entries, contents: layout.contents, on: state.digests)
        return try await remember(key, step) { () async throws(StepFailure) in
            try await write(layout)
        }
    }

    /// The same into a place of its own, on nothing, for a RUN to look at.
    /// - Returns: the files, and the digest of what they are.
    func copyAside(
        _ copy: CopyOperation, lines: ClosedRange<Int>
    ) async throws(StepFailure) -> (layer: StoredLayer?, digest: String) {
        let nothing = StageState(
            configuration: ImageConfiguration(architecture: BuildPlatform.architecture), layers: [], date: 0)
        let source = try await source(of: copy.place, lines: lines)
        let layout = try await layOut(copy, from: source, on: nothing)
        return (try await write(layout), CacheKey.copy(layout.entries, contents: layout.contents, on: []))
    }

    func makeDirectory(
        _ path: String, user: String, _ step: BuildStep, on state: StageState
    ) async throws(StepFailure) -> Outcome {
        let below = try await destination(state)
        let epoch = request.sourceDateEpoch
        let entries = try await onThread { () throws(StepFailure) -> [LayerEntry] in
            let files = below.files()
            do throws(RuntimeError) {
                let owner = user.isEmpty ? nil : try AccountNames(files).owner(user).ids
                return try Self.directories(
                    ImagePath.parts(path), in: files, owner: owner ?? (0, 0), date: epoch ?? state.date)
            } catch {
                throw StepFailure(error)
            }
        }
        guard entries.contains(where: { !$0.isParent }) else {
            return Outcome(layer: nil, date: state.date, isCached: true)
        }
        let layout = Layout(entries: entries, contents: entries.map { _ in "" }, sources: [])
        let key = CacheKey.copy(entries, contents: layout.contents, on: state.digests)
        return try await remember(key, step) { () async throws(StepFailure) in try await write(layout) }
    }

    /// The directories on the way to a path: those that are there as they are, then new ones.
    private static func directories(
        _ parts: [String], in files: any FileSource, owner: (user: UInt32, group: UInt32), date: Int
    ) throws(RuntimeError) -> [LayerEntry] {
        var entries: [LayerEntry] = []
        var place = "/"
        let resolved = ImagePath.parts(try files.resolve("/" + parts.joined(separator: "/")))
        for part in resolved {
            place = ImagePath.child(place, part)
            let path = String(place.dropFirst())
            if let node = try files.node(place) {
                guard node.isDirectory else { throw .system(stage: "mkdir", errno: ENOTDIR, path: place) }
                entries.append(
                    LayerEntry(
                        path: path, content: .directory, mode: node.mode, user: node.user, group: node.group,
                        modificationTime: node.modificationTime, isParent: true))
            } else {
                entries.append(
                    LayerEntry(
                        path: path, content: .directory, mode: 0o755, user: owner.user, group: owner.group,
                        modificationTime: date))
            }
        }
        return entries
    }

    // MARK: Where files come from

    /// A tree of files, opened anew by every thread that reads it.
    struct Tree: Sendable {
        let open: @Sendable () throws(RuntimeError) -> any FileSource
        var ignored = IgnorePatterns()
        /// Files keep their owners: they come from an image.
        var keepsOwners = false
        /// Keeps what it stands on.
        var staging: ImageStaging?
    }

    /// What is in the image so far.
    struct Below: Sendable {
        let directories: [String]
        let owners: IdentityMap

        func files() -> LayeredFiles { LayeredFiles(layers: directories, owners: owners) }
    }

    func destination(_ state: StageState) async throws(StepFailure) -> Below {
        do throws(RuntimeError) {
            return Below(
                directories: try await store.directories(of: state.digests),
                owners: IdentityMap(process: plan.build.engine.harbour.pid))
        } catch {
            throw StepFailure(error)
        }
    }

    func source(of place: BuildGraph.Place, lines: ClosedRange<Int>) async throws(StepFailure) -> Tree {
        let state: StageState
        do throws(BuildError) {
            switch place {
            case .context:
                let context = plan.context
                return Tree(
                    open: { () throws(RuntimeError) in try context.files() }, ignored: context.ignored,
                    staging: context.staging)
            case .stage(let index): state = try await stage(index)
            case .image(let reference): state = try await plan.image(reference, lines: lines)
            }
        } catch {
            switch error {
            case .fault(let fault): throw StepFailure(fault.reason, fault.message)
            case .runtime(let error): throw StepFailure(error)
            case .cancelled: throw StepFailure(.other, "cancelled")
            }
        }
        let below = try await destination(state)
        return Tree(open: { () throws(RuntimeError) in below.files() }, keepsOwners: true)
    }

    // MARK: What goes where

    /// The entries of a layer, the digests of their contents, and the trees that `source` counts.
    struct Layout: Sendable {
        var entries: [LayerEntry]
        var contents: [String]
        var sources: [Tree]
    }

    /// The files of the context, stage or image first, then those that are downloaded.
    private func layOut(
        _ copy: CopyOperation, _ step: BuildStep, _ number: Int, on state: StageState
    ) async throws(StepFailure) -> Layout {
        for source in copy.sources where copy.unpacks && source.hasPrefix("git@") {
            throw StepFailure(
                .unsupported, "ADD \(source): repositories are not cloned here; clone it first, then COPY it")
        }
        let remote = copy.unpacks ? copy.sources.filter(Self.isRemote) : []
        guard copy.checksum == nil || (remote.count == 1 && copy.sources.count == 1) else {
            throw StepFailure(.other, "checksum can't be specified for anything but one HTTP(S) source")
        }
        var local = copy
        local.sources.removeAll { remote.contains($0) }
        var layout = Layout(entries: [], contents: [], sources: [])
        if !local.sources.isEmpty || !local.documents.isEmpty {
            let source = try await source(of: copy.place, lines: step.instruction.lines)
            layout = try await layOut(local, from: source, on: state)
        }
        guard !remote.isEmpty else { return layout }
        let below = try await destination(state)
        let epoch = request.sourceDateEpoch
        for source in remote {
            let (tree, path) = try await download(source, checksum: copy.checksum, number)
            var one = copy
            one.sources = [path]
            one.documents = []
            one.unpacks = false
            let operation = one
            let place = layout.sources.count
            let (part, _) = try await onThread { () throws(StepFailure) in
                try Self.plan(operation, tree, below, [], epoch, sourceNumber: place)
            }
            layout.sources += part.sources
            layout.merge(part)
        }
        return layout
    }

    private func layOut(
        _ copy: CopyOperation, from source: Tree, on state: StageState
    ) async throws(StepFailure) -> Layout {
        let below = try await destination(state)
        let epoch = request.sourceDateEpoch
        // What looks like an archive and is none is copied as it is, as docker does.
        var notArchives: Set<String> = []
        while true {
            let refused = notArchives
            let (first, archives) = try await onThread { () throws(StepFailure) in
                try Self.plan(copy, source, below, refused, epoch)
            }
            guard !archives.isEmpty else { return first }
            var layout = first
            var isComplete = true
            for archive in archives {
                guard let tree = try await unpack(archive.source, of: source) else {
                    notArchives.insert(archive.source)
                    isComplete = false
                    continue
                }
                var inside = copy
                inside.sources = ["/"]
                inside.documents = []
                inside.destination = archive.directory
                inside.unpacks = false
                let operation = inside
                let number = layout.sources.count
                let (part, _) = try await onThread { () throws(StepFailure) in
                    try Self.plan(operation, tree, below, [], epoch, sourceNumber: number)
                }
                layout.sources += part.sources
                layout.merge(part)
            }
            if isComplete { return layout }
        }
    }

    private static func plan(
        _ copy: CopyOperation, _ source: Tree, _ below: Below, _ notArchives: Set<String>, _ epoch: Int?,
        sourceNumber: Int = 0
    ) throws(StepFailure) -> (Layout, archives: [(source: String, directory: String)]) {
        do throws(CopyFailure) {
            let files: any FileSource
            let destination = below.files()
            var owner: (user: UInt32, group: UInt32)? = source.keepsOwners ? nil : (0, 0)
            do throws(RuntimeError) {
                files = try source.open()
                if let wanted = copy.owner {
                    let found = try AccountNames(destination).owner(wanted)
                    guard let ids = found.ids else {
                        throw RuntimeError.invalid(
                            field: "chown",
                            reason: "unable to find user or group \(found.unknown): "
                                + "no matching entries in passwd file")
                    }
                    owner = ids
                }
            } catch {
                throw .system(error)
            }
            let plan = try CopyPlan(
                copy, source: files, destination: destination, ignored: source.ignored, owner: owner,
                sourceNumber: sourceNumber
            ) { (path) throws(RuntimeError) in
                notArchives.contains(path) ? false : ArchiveKind.isArchive(try files.open(path))
            }
            var entries = plan.entries
            if let epoch {
                for index in entries.indices {
                    entries[index].modificationTime = min(entries[index].modificationTime, epoch)
                }
            }
            do throws(RuntimeError) {
                let contents = try entries.map { (entry) throws(RuntimeError) in
                    try ContentDigest.of(entry, files)
                }
                return (Layout(entries: entries, contents: contents, sources: [source]), plan.archives)
            } catch {
                throw .system(error)
            }
        } catch {
            switch error {
            case .missing(let path, let isIgnored):
                throw StepFailure(
                    .missingFile(path: path, isIgnored: isIgnored),
                    "failed to calculate checksum of ref: \"\(path)\": not found")
            case .other(let sentence): throw StepFailure(.other, sentence)
            case .system(let error): throw StepFailure(error)
            }
        }
    }

    /// - Returns: nil where it is no archive of files.
    private func unpack(_ path: String, of source: Tree) async throws(StepFailure) -> Tree? {
        do throws(RuntimeError) {
            let engine = plan.build.engine
            let staging = try await store.makeStaging()
            let stream = try await ImageBuild.onThread { () throws(RuntimeError) in try source.open().open(path) }
            let directory = try staging.createTree("files", owner: engine.harbour.rootID)
            let result = try await LayerUnpacker(agent: try await store.agent()).unpackFiles(
                stream, into: directory, keepOwners: true, byteLimit: try await store.freeSpace())
            guard result.entries > 0 else { return nil }
            let owners = IdentityMap(process: engine.harbour.pid)
            let place = staging.path + "/files"
            return Tree(
                open: { () throws(RuntimeError) in LayeredFiles(layers: [place], owners: owners) }, keepsOwners: true,
                staging: staging)
        } catch {
            if case .invalidArchive = error { return nil }
            throw StepFailure(error)
        }
    }

    // MARK: Writing

    /// Streams the layer to the store.
    private func write(_ layout: Layout) async throws(StepFailure) -> StoredLayer? {
        guard layout.entries.contains(where: { !$0.isParent }) else { return nil }
        do throws(RuntimeError) {
            let staging = try await store.makeStaging()
            let ends: SocketPair
            do throws(Errno) {
                ends = try SocketPair(type: Int32(SOCK_STREAM.rawValue))
            } catch {
                throw .system(stage: "socketpair", errno: error.code, path: nil)
            }
            let (reading, writing) = (ends.first, ends.second)
            let writer = Task { () -> RuntimeError? in
                let result = await KernelThread.run("build-layer") { () -> RuntimeError? in
                    defer { shutdown(writing.number, Int32(SHUT_RDWR)) }
                    do throws(RuntimeError) {
                        try Self.stream(layout, to: writing)
                        return nil
                    } catch {
                        return error
                    }
                }
                return result
            }
            let layer: StoredLayer
            do throws(RuntimeError) {
                layer = try await store.addLayer(stream: reading, in: staging)
            } catch {
                // A writer that still writes finds that nobody reads.
                shutdown(reading.number, Int32(SHUT_RDWR))
                let failure = await writer.value
                throw failure ?? error
            }
            if let failure = await writer.value { throw failure }
            return layer
        } catch {
            throw StepFailure(error)
        }
    }

    private static func stream(_ layout: Layout, to output: FileDescriptor) throws(RuntimeError) {
        var sources: [any FileSource] = []
        for source in layout.sources { sources.append(try source.open()) }
        var stream = TarStream(output: output)
        for entry in layout.entries {
            try stream.write(entry) { (source, path) throws(RuntimeError) in try sources[source].open(path) }
        }
        try stream.finish()
    }

    private func onThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws(StepFailure) -> Value
    ) async throws(StepFailure) -> Value {
        let result = await KernelThread.run("build") { () -> Result<Value, StepFailure> in
            do throws(StepFailure) {
                return .success(try work())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

extension StageBuild.Layout {
    /// Adds what another plan lays out in the same image; what is there in both is as the later one has it.
    fileprivate mutating func merge(_ other: StageBuild.Layout) {
        var places: [String: Int] = [:]
        for (index, entry) in entries.enumerated() { places[entry.path] = index }
        for (entry, content) in zip(other.entries, other.contents) {
            if let index = places[entry.path] {
                if entry.isParent { continue }
                entries[index] = entry
                contents[index] = content
            } else {
                places[entry.path] = entries.count
                entries.append(entry)
                contents.append(content)
            }
        }
    }
}
