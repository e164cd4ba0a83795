import Documents

/// Files that a compose file names: those it includes, and those whose services it extends.
extension ProjectReader {
    private static let sections = ["services", "networks", "volumes", "configs", "secrets"]

    /// What `include` brings: each entry with a directory and variables of its own, its paths made absolute.
    /// - Parameter document: the file's own, which nothing included may contradict.
    /// - Returns: the document with what it includes, without `include`.
    func including(
        _ document: JSONValue, source: ComposeSource, warnings: inout [String]
    ) throws(ComposeError) -> JSONValue {
        guard let include = document["include"] else { return document }
        var document = document
        document["include"] = nil
        let node = ComposeNode(value: include, path: "include", source: source)
        for entry in try node.elements() {
            let (included, name) = try inclusion(entry, warnings: &warnings)
            for section in Self.sections {
                for (key, value) in included[section]?.object ?? [:] {
                    var own = document[section] ?? .object(JSONObject())
                    if own.isNull { own = .object(JSONObject()) }
                    if let present = own[key], present != value {
                        throw entry.fault(
                            .other("\(section).\(key) conflicts with imported resource: \(name) defines it too"))
                    }
                    own[key] = value
                    document[section] = own
                }
            }
        }
        return document
    }

    private func inclusion(
        _ entry: ComposeNode, warnings: inout [String]
    ) throws(ComposeError) -> (JSONValue, name: String) {
        var paths: [String] = []
        var place: String?
        var environmentFiles: [String]?
        if entry.isText {
            paths = [absolute(try entry.text())]
        } else {
            try entry.allow(only: ["path", "project_directory", "env_file"])
            for path in try entry["path"]?.texts() ?? [] { paths.append(absolute(path)) }
            place = try entry["project_directory"].map { node throws(ComposeError) in absolute(try node.text()) }
            environmentFiles = try entry["env_file"].map { node throws(ComposeError) in try node.texts() }
        }
        guard let first = paths.first else { throw entry.fault(.other("\(entry.path): a path is missing")) }
        if let again = paths.first(where: ancestors.contains) {
            throw entry.fault(.other("include cycle detected: \((ancestors + [again]).joined(separator: " -> "))"))
        }
        var files: [File] = []
        for path in paths {
            guard let text = readFile(path) else {
                throw entry.fault(.other("open \(path): no such file or directory"))
            }
            files.append(File(name: path, text: text))
        }
        let directory = place ?? Self.parent(of: first)
        let reader = ProjectReader(
            directory: directory, variables: try variables(directory, environmentFiles, entry),
            ancestors: ancestors + paths, readFile: readFile)
        let (document, _) = try reader.merge(files, warnings: &warnings)
        return (PathAnchor(directory: directory).document(document), first)
    }

    /// The variables of an included file: its own `.env` below those of whoever includes it.
    private func variables(
        _ directory: String, _ files: [String]?, _ entry: ComposeNode
    ) throws(ComposeError) -> [String: String] {
        var own: [String: String] = [:]
        for file in files?.map(absolute) ?? [directory + "/.env"] {
            guard let text = readFile(file) else {
                if files == nil { continue }
                throw entry.fault(.other("couldn't find env file: \(file)"))
            }
            let known = own.merging(variables) { $1 }
            for (name, value) in try EnvironmentFile.parse(text, file: file, variables: known) { own[name] = value }
        }
        return own.merging(variables) { $1 }
    }

    /// `extends`: the service stands on another one, of the same file or of another.
    /// - Parameter seen: services that are being extended, by file and name.
    func extended(
        _ node: ComposeNode, in section: ComposeNode, seen: [String] = []
    ) throws(ComposeError) -> ComposeNode {
        guard let extends = node["extends"] else { return node }
        let name = try (extends["service"] ?? extends).text()
        var section = section
        var place = section.source.file
        var anchor: PathAnchor?
        if let file = try extends["file"]?.text() {
            place = absolute(file)
            guard let text = readFile(place) else {
                throw extends.fault(
                    .other("cannot extend service \"\(name)\" in \(place): open \(place): no such file or directory"))
            }
            let directory = Self.parent(of: place)
            let reader = ProjectReader(
                directory: directory, variables: variables, ancestors: ancestors, readFile: readFile)
            var ignored: [String] = []
            let (document, source) = try reader.merge([File(name: place, text: text)], warnings: &ignored)
            anchor = PathAnchor(directory: directory)
            let services = PathAnchor(directory: directory).document(document)["services"] ?? [:]
            section = ComposeNode(value: services, path: "services", source: source)
        }
        guard let base = section[name] else {
            let where_ = anchor == nil ? "" : " in \(place)"
            throw extends.fault(.undefined("cannot extend service\(where_): service \"\(name)\" not found"))
        }
        let mark = "\(place) \(name)"
        guard !seen.contains(mark) else { throw extends.fault(.cycle((seen + [mark]).map { Self.lastWord($0) })) }
        let whole = try extended(base, in: section, seen: seen + [mark])
        var own = node.value
        own["extends"] = nil
        return ComposeNode(value: ProjectMerge.merge(whole.value, own), path: node.path, source: node.source)
    }

    private static func lastWord(_ text: String) -> String { String(text.split(separator: " ").last ?? "") }

    private func absolute(_ path: String) -> String {
        ProjectScope.normalized(path.hasPrefix("/") ? path : directory + "/" + path)
    }

    private static func parent(of path: String) -> String {
        "/" + path.split(separator: "/").dropLast().joined(separator: "/")
    }
}
