import ContainerRuntime
import Dockerfile
import Glibc

/// Why files cannot be copied, as docker words it.
enum CopyFailure: Error {
    case missing(path: String, isIgnored: Bool)
    case other(String)
    case system(RuntimeError)
}

/// Works out what COPY and ADD put where: the entries of the layer, in the order in which they are made.
struct CopyPlan {
    let operation: CopyOperation
    let source: any FileSource
    let destination: any FileSource
    /// What of the context does not count.
    let ignored: IgnorePatterns
    /// Owner of everything; nil keeps that of the source.
    let owner: (user: UInt32, group: UInt32)?
    /// Whether a file of the source is an archive that is to be unpacked.
    let isArchive: (String) throws(RuntimeError) -> Bool

    private(set) var entries: [LayerEntry] = []
    /// Archives found, and the directory of the image that each is unpacked in.
    private(set) var archives: [(source: String, directory: String)] = []
    private var places: [String: Int] = [:]
    /// Where files with several names went first, by their mark.
    private var firstNames: [String: String] = [:]
    private let sourceNumber: Int

    init(
        _ operation: CopyOperation, source: any FileSource, destination: any FileSource, ignored: IgnorePatterns,
        owner: (user: UInt32, group: UInt32)?, sourceNumber: Int = 0,
        isArchive: @escaping (String) throws(RuntimeError) -> Bool = { _ in false }
    ) throws(CopyFailure) {
        self.operation = operation
        self.source = source
        self.destination = destination
        self.ignored = ignored
        self.owner = owner
        self.isArchive = isArchive
        self.sourceNumber = sourceNumber
        do {
            try plan()
        } catch let failure as CopyFailure {
            throw failure
        } catch let error as RuntimeError {
            throw .system(error)
        } catch {
            throw .other("\(error)")
        }
    }

    private mutating func plan() throws {
        let target = try destination.resolve(operation.destination)
        var isDirectory = operation.destination.hasSuffix("/") || operation.destination == "/"
        if let node = try destination.node(target) {
            if isDirectory, !node.isDirectory {
                throw CopyFailure.other("cannot copy to non-directory: \(target)")
            }
            isDirectory = node.isDirectory
        }
        let excluded = IgnorePatterns(excluding: operation.excluded)
        for source in operation.sources {
            for (path, node) in try matches(source) {
                try copy(path, node, to: target, isDirectory: isDirectory, excluded, parents: parents(of: path, source))
            }
        }
        for document in operation.documents {
            let place = isDirectory ? ImagePath.child(target, document.name) : target
            try put(place, .bytes(Array(document.content.utf8)), mode: 0o644, node: nil)
        }
        dateParents()
    }

    /// `--parents`: the directories above the file, or those behind a `/./` in what was written.
    private func parents(of path: String, _ written: String) -> String {
        guard operation.keepsParents else { return "" }
        let above = ImagePath.parent(path)
        guard let pivot = written.place(of: "/./") else { return above }
        let kept = ImagePath.clean(written[..<pivot])
        return above.hasPrefix(kept) ? "/" + above.dropFirst(kept == "/" ? 1 : kept.count) : above
    }

    // MARK: Sources

    private func matches(_ written: String) throws -> [(path: String, node: FileNode)] {
        let path = ImagePath.clean(written)
        guard written.contains(where: { "*?[".contains($0) }) else {
            let place = try source.resolve(path)
            guard let node = try source.node(place) else { throw CopyFailure.missing(path: path, isIgnored: false) }
            if place != "/", ignores(place), !(node.isDirectory && ignored.bringsBack) {
                throw CopyFailure.missing(path: path, isIgnored: true)
            }
            return [(place, node)]
        }
        var found: [(path: String, node: FileNode)] = []
        try expand(ImagePath.parts(path)[...], in: "/", &found)
        guard !found.isEmpty else { throw CopyFailure.missing(path: path, isIgnored: false) }
        return found
    }

    private func expand(
        _ parts: ArraySlice<String>, in directory: String, _ found: inout [(path: String, node: FileNode)]
    ) throws {
        guard let part = parts.first else { return }
        let rest = parts.dropFirst()
        if part == "**", !rest.isEmpty { try expand(rest, in: directory, &found) }
        guard let pattern = PathPattern(part) else { throw CopyFailure.other("syntax error in pattern: \(part)") }
        for name in try source.names(directory) {
            guard part == "**" || pattern.matches(name) else { continue }
            let place = try source.resolve(ImagePath.child(directory, name))
            guard let node = try source.node(place) else { continue }
            if rest.isEmpty || (part == "**" && rest.isEmpty) {
                if !ignores(place) { found.append((place, node)) }
            } else if node.isDirectory {
                try expand(part == "**" ? parts : rest, in: place, &found)
            }
        }
    }

    private func ignores(_ path: String) -> Bool { ignored.ignores(path.dropFirst()) }

    // MARK: Copying

    private mutating func copy(
        _ path: String, _ node: FileNode, to target: String, isDirectory: Bool, _ excluded: IgnorePatterns,
        parents: String
    ) throws {
        let base = parents.isEmpty || parents == "/" ? target : ImagePath.join(target, String(parents.dropFirst()))
        if node.isDirectory {
            let place = operation.keepsParents ? ImagePath.child(base, ImagePath.name(path)) : base
            // The context itself is no directory of the image's.
            if path == "/" { try makeDirectories(place) } else { try makeDirectory(place, like: node) }
            try copyContents(of: path, below: path, to: place, excluded)
            return
        }
        if operation.unpacks, node.kind == .file, try isArchive(path) {
            try makeDirectories(target)
            archives.append((path, target))
            return
        }
        let name = ImagePath.name(path)
        if excluded.ignores(name) || excluded.ignores(path.dropFirst()) { return }
        try put(isDirectory || operation.keepsParents ? ImagePath.child(base, name) : base, path, node)
    }

    private mutating func copyContents(
        of directory: String, below top: String, to target: String, _ excluded: IgnorePatterns
    ) throws {
        for name in try source.names(directory) {
            let path = ImagePath.child(directory, name)
            let isIgnored = ignores(path)
            guard let node = try source.node(path) else { continue }
            if isIgnored, !(node.isDirectory && ignored.bringsBack) { continue }
            if excluded.ignores(path.dropFirst(top == "/" ? 1 : top.count + 1)) { continue }
            let place = ImagePath.child(target, name)
            guard node.isDirectory else {
                try put(place, path, node)
                continue
            }
            let count = entries.count
            // An ignored directory is only there for what is brought back inside it.
            if !isIgnored { try makeDirectory(place, like: node) }
            try copyContents(of: path, below: top, to: place, excluded)
            if isIgnored, entries.count > count, places[place] == nil { try makeDirectory(place, like: node) }
        }
    }

    private mutating func put(_ place: String, _ path: String, _ node: FileNode) throws {
        switch node.kind {
        case .file:
            if node.hasOtherNames, let first = firstNames[node.mark] {
                return try put(place, .hardLink(target: first), mode: node.mode, node: node)
            }
            if node.hasOtherNames { firstNames[node.mark] = String(place.dropFirst()) }
            let content = LayerEntry.Content.file(
                source: sourceNumber, path: path, size: node.size, mark: node.mark)
            try put(place, content, mode: node.mode, node: node)
        case .link(let target): try put(place, .link(target: target), mode: 0o777, node: node)
        case .directory, .special: break
        }
    }

    private mutating func put(_ place: String, _ content: LayerEntry.Content, mode: UInt32, node: FileNode?) throws {
        if let there = try destination.node(place), there.isDirectory {
            throw CopyFailure.other("cannot replace to directory \(place) with file")
        }
        if let index = places[place], case .directory = entries[index].content {
            throw CopyFailure.other("cannot replace to directory \(place) with file")
        }
        try makeDirectories(ImagePath.parent(place))
        var chosen = mode
        if case .link = content {} else { chosen = operation.mode ?? mode }
        append(
            LayerEntry(
                path: String(place.dropFirst()), content: content, mode: chosen, user: owner?.user ?? node?.user ?? 0,
                group: owner?.group ?? node?.group ?? 0, modificationTime: node?.modificationTime ?? 0), place)
    }

    private mutating func makeDirectory(_ place: String, like node: FileNode) throws {
        if places[place] != nil { return }
        if let there = try destination.node(place) {
            guard there.isDirectory else { throw CopyFailure.other("cannot copy to non-directory: \(place)") }
            return try makeDirectories(place)
        }
        try makeDirectories(ImagePath.parent(place))
        append(
            LayerEntry(
                path: String(place.dropFirst()), content: .directory, mode: operation.mode ?? node.mode,
                user: owner?.user ?? node.user, group: owner?.group ?? node.group,
                modificationTime: node.modificationTime), place)
    }

    /// The directory and those above it: as they are in the image, or new.
    private mutating func makeDirectories(_ place: String) throws {
        if place == "/" || places[place] != nil { return }
        try makeDirectories(ImagePath.parent(place))
        if let there = try destination.node(place) {
            guard there.isDirectory else { throw CopyFailure.other("cannot copy to non-directory: \(place)") }
            append(
                LayerEntry(
                    path: String(place.dropFirst()), content: .directory, mode: there.mode, user: there.user,
                    group: there.group, modificationTime: there.modificationTime, isParent: true), place)
        } else {
            append(
                LayerEntry(
                    path: String(place.dropFirst()), content: .directory, mode: 0o755, user: owner?.user ?? 0,
                    group: owner?.group ?? 0, modificationTime: Int.min), place)
        }
    }

    /// What is written twice is there once, as it was written last.
    private mutating func append(_ entry: LayerEntry, _ place: String) {
        if let index = places[place] {
            entries[index] = entry
        } else {
            places[place] = entries.count
            entries.append(entry)
        }
    }

    /// Directories that nobody asked for have no time of their own: they get that of the newest file, so that the layer is
    /// the same whenever it is made.
    private mutating func dateParents() {
        let newest = entries.filter { !$0.isParent }.map(\.modificationTime).max() ?? 0
        for index in entries.indices where entries[index].modificationTime == Int.min {
            entries[index].modificationTime = max(newest, 0)
        }
    }
}

extension String {
    fileprivate func place(of text: String) -> Index? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start }
            formIndex(after: &start)
        }
        return nil
    }
}
