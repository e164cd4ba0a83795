import Documents
import Terminal

/// Reads compose files into a project. Does no I/O: files come in as texts, and those that services name are asked for.
public struct ProjectReader {
    public struct File: Sendable {
        public var name: String
        public var text: String

        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    let directory: String
    let variables: [String: String]
    let readFile: (String) -> String?
    /// The files that include the ones that are read, outermost first.
    let ancestors: [String]

    /// - Parameters:
    ///   - directory: absolute; relative paths start here.
    ///   - variables: what `${NAME}` stands for.
    ///   - readFile: the content of a file by its absolute path; nil where there is none.
    public init(directory: String, variables: [String: String], readFile: @escaping (String) -> String?) {
        self.init(directory: directory, variables: variables, ancestors: [], readFile: readFile)
    }

    init(
        directory: String, variables: [String: String], ancestors: [String], readFile: @escaping (String) -> String?
    ) {
        self.directory = directory
        self.variables = variables
        self.ancestors = ancestors
        self.readFile = readFile
    }

    static let keys = ["name", "version", "services", "networks", "volumes", "configs", "secrets", "include"]

    /// - Parameters:
    ///   - files: the first is the base, the others go over it in order.
    ///   - name: of the project, from outside; nil takes the file's, or the directory's.
    /// - Throws: `ComposeError`
    public func read(_ files: [File], name wanted: String?) throws(ComposeError) -> ComposeProject {
        var warnings: [String] = []
        var (merged, source) = try merge(files, warnings: &warnings)
        let name = try projectName(wanted ?? merged["name"]?.string)
        merged["name"] = .string(name)
        return try project(ComposeNode(value: merged, path: "", source: source), name, files, warnings)
    }

    /// The files laid over one another, with what they include.
    func merge(
        _ files: [File], warnings: inout [String]
    ) throws(ComposeError) -> (document: JSONValue, source: ComposeSource) {
        var merged: JSONValue = [:]
        var source: ComposeSource?
        for file in files {
            let document = try Self.document(file)
            let here = ComposeSource(file: file.name, document: document)
            var unset: [String] = []
            let expanded = try expand(document.value, path: "", source: here, &unset)
            for name in unset where !warnings.contains(where: { $0.contains("\"\(name)\"") }) {
                warnings.append("The \"\(name)\" variable is not set. Defaulting to a blank string.")
            }
            guard expanded.object != nil else {
                throw ComposeError(file: file.name, line: 1, reason: .other("top-level object must be a mapping"))
            }
            try ComposeNode(value: expanded, path: "", source: here).allow(only: Self.keys)
            merged = ProjectMerge.merge(merged, try including(expanded, source: here, warnings: &warnings))
            source = source ?? here
        }
        guard let source else { throw ComposeError(reason: .other("no configuration file provided: not found")) }
        if merged["version"] != nil {
            warnings.append("\(source.file): the attribute `version` is obsolete, it will be ignored")
            merged["version"] = nil
        }
        return (merged, source)
    }

    private static func document(_ file: File) throws(ComposeError) -> YAMLDocument {
        do throws(YAMLError) {
            return try YAMLParser.document(in: file.text, file: file.name, dialect: .compose)
        } catch {
            throw ComposeError(file: error.file, line: error.line, reason: .syntax(error.reason))
        }
    }

    // MARK: Variables

    private func expand(
        _ value: JSONValue, path: String, source: ComposeSource, _ unset: inout [String]
    ) throws(ComposeError) -> JSONValue {
        switch value {
        case .string(let text):
            do throws(Interpolation.Fault) {
                return .string(try Interpolation(variables: variables).expand(text) { unset.append($0) })
            } catch {
                let reason: ComposeError.Reason =
                    switch error {
                    case .malformed(let text): .badInterpolation(text)
                    case .required(let name, let message): .requiredVariable(name, message: message)
                    }
                throw ComposeError(file: source.file, line: source.line(of: path), path: path, reason: reason)
            }
        case .array(let elements):
            var expanded: [JSONValue] = []
            for (index, element) in elements.enumerated() {
                expanded.append(try expand(element, path: "\(path)[\(index)]", source: source, &unset))
            }
            return .array(expanded)
        case .object(let object):
            var expanded = JSONObject()
            for (key, member) in object {
                let inner = path.isEmpty ? key : "\(path).\(key)"
                expanded[key] = try expand(member, path: inner, source: source, &unset)
            }
            return .object(expanded)
        default: return value
        }
    }

    // MARK: Names

    private func projectName(_ wanted: String?) throws(ComposeError) -> String {
        if let wanted {
            let isValid =
                !wanted.isEmpty && wanted.first.map { $0.isLetter || $0.isNumber } == true
                && wanted.allSatisfy {
                    $0.isASCII && ($0.isNumber || $0.isLowercase || $0 == "-" || $0 == "_")
                }
            if isValid { return wanted }
            throw ComposeError(
                reason: .other(
                    "invalid project name \"\(wanted)\": must consist only of lowercase alphanumeric characters, hyphens, "
                        + "and underscores as well as start with a letter or number"))
        }
        let last = directory.split(separator: "/").last.map(String.init) ?? ""
        let name = last.lowercased().filter {
            $0.isASCII && ($0.isNumber || $0.isLetter || $0 == "-" || $0 == "_")
        }
        let trimmed = String(name.drop { $0 == "-" || $0 == "_" })
        return trimmed.isEmpty ? "default" : trimmed
    }

    // MARK: Parts

    private func project(
        _ root: ComposeNode, _ name: String, _ files: [File], _ warnings: [String]
    ) throws(ComposeError) -> ComposeProject {
        let volumes = try volumes(root, project: name)
        var networks = try networks(root, project: name)
        let scope = ProjectScope(
            directory: directory, variables: variables,
            volumeNames: Dictionary(uniqueKeysWithValues: volumes.map { ($0.key, $0.name) }),
            files: ["configs": try paths(root, "configs"), "secrets": try paths(root, "secrets")], readFile: readFile)
        guard let section = root["services"] else {
            throw root.fault(.other("no service selected: there is no `services` section"))
        }
        var services: [ServiceDefinition] = []
        var document = root.value
        var resolved = JSONObject()
        for (key, node) in try section.members() {
            let node = try extended(node, in: section)
            resolved[key] = node.value
            services.append(try ServiceParser(name: key, node: node, project: scope).parse())
        }
        document["services"] = .object(resolved)
        if services.contains(where: { $0.networks.contains { $0.network == "default" } }),
            !networks.contains(where: { $0.key == "default" })
        {
            networks.append(
                NetworkDefinition(
                    key: "default", name: "\(name)_default", isExternal: false, isInternal: false, driver: "bridge",
                    labels: [:]))
        }
        let project = ComposeProject(
            name: name, services: services, networks: networks, volumes: volumes, files: files.map(\.name),
            directory: directory, document: document, warnings: warnings)
        try check(project, section)
        return project
    }

    private func check(_ project: ComposeProject, _ section: ComposeNode) throws(ComposeError) {
        for service in project.services {
            guard let node = section[service.name] else { continue }
            for dependency in service.dependencies where project[service: dependency.service] == nil {
                if !dependency.isRequired { continue }
                throw node.fault(
                    .undefined(
                        "service \"\(service.name)\" depends on undefined service \"\(dependency.service)\": "
                            + "invalid compose project"))
            }
            for use in service.networks where !project.networks.contains(where: { $0.key == use.network }) {
                throw node.fault(
                    .undefined(
                        "service \"\(service.name)\" refers to undefined network \(use.network): invalid compose project"
                    ))
            }
        }
        if let cycle = StartOrder.cycle(in: project.services) { throw section.fault(.cycle(cycle)) }
    }

    private func networks(_ root: ComposeNode, project: String) throws(ComposeError) -> [NetworkDefinition] {
        var networks: [NetworkDefinition] = []
        for (key, node) in try root["networks"]?.members() ?? [] {
            try node.allow(only: [
                "name", "external", "internal", "driver", "driver_opts", "ipam", "labels", "attachable", "enable_ipv6",
                "enable_ipv4",
            ])
            let pool = node["ipam"]?["config"]
            let first = try pool?.elements().first
            let external = try node["external"].map { node throws(ComposeError) in try isExternal(node) } ?? false
            networks.append(
                NetworkDefinition(
                    key: key, name: try node["name"]?.text() ?? (external ? key : "\(project)_\(key)"),
                    isExternal: external, isInternal: try node["internal"]?.flag() ?? false,
                    driver: try node["driver"]?.text() ?? "bridge", subnet: try first?["subnet"]?.text(),
                    gateway: try first?["gateway"]?.text(), labels: try labels(node)))
        }
        return networks
    }

    private func volumes(_ root: ComposeNode, project: String) throws(ComposeError) -> [VolumeDefinition] {
        var volumes: [VolumeDefinition] = []
        for (key, node) in try root["volumes"]?.members() ?? [] {
            try node.allow(only: ["name", "external", "driver", "driver_opts", "labels"])
            let external = try node["external"].map { node throws(ComposeError) in try isExternal(node) } ?? false
            volumes.append(
                VolumeDefinition(
                    key: key, name: try node["name"]?.text() ?? (external ? key : "\(project)_\(key)"),
                    isExternal: external, labels: try labels(node)))
        }
        return volumes
    }

    /// `true`, or the older `{name: …}`.
    private func isExternal(_ node: ComposeNode) throws(ComposeError) -> Bool {
        node.value.object != nil ? true : try node.flag()
    }

    private func labels(_ node: ComposeNode) throws(ComposeError) -> [String: String] {
        var labels: [String: String] = [:]
        for (name, value) in try node["labels"]?.assignments() ?? [] { labels[name] = value ?? "" }
        return labels
    }

    private func paths(_ root: ComposeNode, _ key: String) throws(ComposeError) -> [String: String] {
        var paths: [String: String] = [:]
        let scope = ProjectScope(
            directory: directory, variables: variables, volumeNames: [:], files: [:], readFile: { _ in nil })
        for (name, node) in try root[key]?.members() ?? [] {
            try node.allow(only: ["file", "name", "external", "environment", "content", "labels"])
            guard let file = try node["file"]?.text() else {
                throw node.fault(.other("\(node.path): only those with a `file` are supported"))
            }
            paths[name] = scope.path(file)
        }
        return paths
    }
}
