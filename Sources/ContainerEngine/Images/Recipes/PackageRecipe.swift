import ContainerRuntime
import Documents
import Glibc
import OCI
import Synchronization

/// An image out of packages of this machine's distribution: the files of those that are installed are copied, and what is
/// missing is downloaded from the distribution's package source, if there is one.
final class PackageRecipe: ImageRecipe {
    let reference: ImageReference
    let image: PackageImage
    private let base: PackageRecipe?
    private let workspace: String
    private let databaseDirectory: String
    private let cache = Mutex<(version: String, selection: PackageSelection?, missing: [String])>(("", nil, []))

    /// - Parameters:
    ///   - workspace: a directory for downloads; made when it is needed.
    ///   - database: dpkg's directory.
    init(
        _ image: PackageImage, base: PackageRecipe?, workspace: String, database: String = "/var/lib/dpkg"
    ) throws(ImageReferenceError) {
        self.image = image
        self.base = base
        self.workspace = workspace
        databaseDirectory = database
        reference = try ImageReference("\(image.repository):latest")
    }

    func otherReferences() -> [ImageReference] {
        guard let version = try? installed().selection?.version else { return [] }
        return image.tags(version).compactMap { try? ImageReference("\(image.repository):\($0)") }
    }

    func fingerprint() throws(RuntimeError) -> String {
        let (selection, missing) = try installed()
        guard let selection else {
            guard PackageDownload.isPossible else { throw unavailable(missing, because: "there is no apt-get here") }
            return "\(image.repository) downloaded"
        }
        return fingerprint(selection, on: try base?.fingerprint() ?? "")
    }

    /// Of the packages, of all that this program adds to them, and of the image they stand on.
    private func fingerprint(_ selection: PackageSelection, on base: String) -> String {
        var hash = SHA256()
        hash.update(Array(base.utf8))
        for package in selection.basePackages + selection.packages {
            hash.update(Array("\(package.name)=\(package.version)\n".utf8))
        }
        for entry in image.extra(selection).entries {
            hash.update(Array("\(entry.path) \(entry.mode) \(entry.user):\(entry.group)\n".utf8))
            if case .file(let bytes) = entry.kind { hash.update(bytes) }
        }
        var configuration = ImageConfiguration(architecture: PackageDatabase.ownArchitecture)
        image.configure(&configuration, selection)
        hash.update(configuration.document.encoded())
        return "\(image.repository) \(hash.finish().hex)"
    }

    /// The packages if all of them are installed, else those that are not. Read again when dpkg has changed something.
    func installed() throws(RuntimeError) -> (selection: PackageSelection?, missing: [String]) {
        let version = PackageDatabase.version(databaseDirectory)
        if let known = cache.withLock({ $0.version == version && !version.isEmpty ? $0 : nil }) {
            return (known.selection, known.missing)
        }
        let result = try select(from: try PackageDatabase.read(databaseDirectory))
        cache.withLock { $0 = (version, result.selection, result.missing) }
        return result
    }

    private func select(
        from database: PackageDatabase
    ) throws(RuntimeError) -> (selection: PackageSelection?, missing: [String]) {
        let names = image.packages(database)
        let (packages, missing) = database.closure(names, isLeftOut: image.leavesOutPackage)
        guard let first = names.first.flatMap({ database.provider($0) }), missing.isEmpty else {
            return (nil, names.isEmpty ? [image.installName] : missing)
        }
        let below = base.map { database.closure($0.image.packages(database), isLeftOut: $0.image.leavesOutPackage) }
        let basePackages = below?.packages ?? []
        let inBase = Set(basePackages.map(\.name))
        let version = base == nil && !first.isEssential ? OperatingSystem.current.versionID : first.upstreamVersion
        return (
            PackageSelection(
                database: database, packages: packages.filter { !inBase.contains($0.name) },
                basePackages: basePackages, version: version), []
        )
    }

    func assemble(
        base find: (ImageReference) throws(RuntimeError) -> StoredImage
    ) throws(RuntimeError) -> AssembledImage {
        let stored: StoredImage? = if let base { try find(base.reference) } else { nil }
        var (selection, missing) = try installed()
        var workspace: RecipeWorkspace?
        var wasDownloaded: Set<String> = []
        if selection == nil {
            let taken = try RecipeWorkspace(self.workspace)
            let unpacked: [PackageDownload.Unpacked]
            do throws(RuntimeError) {
                unpacked = try PackageDownload(image: reference.familiar, directory: taken.directory)
                    .fetch([image.installName], isLeftOut: image.leavesOutPackage)
            } catch .unavailable(let reason) {
                throw unavailable(missing, because: reason)
            }
            let local = try PackageDatabase.read(databaseDirectory)
            let together = PackageDatabase(directory: databaseDirectory, packages: unpacked.map(\.package) + local.all)
            (selection, missing) = try select(from: together)
            for package in unpacked { selection?.roots[package.package.name] = package.root }
            wasDownloaded = Set(unpacked.map(\.package.name))
            workspace = taken
        }
        guard let selection else { throw unavailable(missing, because: "they were not downloaded either") }
        let content = try layer(selection)
        let described = describe(selection, wasDownloaded)
        return AssembledImage(
            base: stored, layers: [(content, described)],
            configure: { [image] configuration in image.configure(&configuration, selection) },
            createdAt: content.modificationTime,
            origin: "assembled from " + described, workspace: workspace)
    }

    private func layer(_ selection: PackageSelection) throws(RuntimeError) -> LayerContent {
        var files = PackageFiles(database: selection.database, isLeftOut: image.leavesOutPath)
        for package in selection.packages { try files.add(package, root: selection.roots[package.name]) }
        var extra = image.extra(selection)
        PackageRecord.add(selection, to: &extra)
        return files.layer(extra: extra)
    }

    /// One line for `docker history`: what is in the layer and how it came there.
    private func describe(_ selection: PackageSelection, _ downloaded: Set<String>) -> String {
        let wanted = Set(image.packages(selection.database))
        let named = selection.packages.filter { wanted.contains($0.name) && !$0.isEssential }
        var names = named.map { "\($0.name) \($0.version)" }
        if names.isEmpty || base == nil { names = ["the essential packages of \(OperatingSystem.current.prettyName)"] }
        let others = selection.packages.count - (base == nil ? 0 : named.count)
        let count =
            base == nil
            ? " (\(others) packages)" : others == 1 ? " and 1 package it needs" : " and \(others) packages it needs"
        let local = selection.packages.count - downloaded.intersection(selection.packages.map(\.name)).count
        let way =
            downloaded.isEmpty
            ? "copied from this machine's own files"
            : "\(selection.packages.count - local) downloaded with apt-get, \(local) copied from this machine"
        return names.joined(separator: ", ") + (others == 0 ? "" : count) + ": " + way
    }

    private func unavailable(_ missing: [String], because reason: String) -> RuntimeError {
        let packages = missing.isEmpty ? image.installName : missing.prefix(3).joined(separator: ", ")
        return .unavailable(
            reason: "\(reference.familiar) is made of this distribution's packages, and \(packages) is not installed; "
                + "\(reason). This brings it: sudo apt-get install \(image.installName)")
    }
}
