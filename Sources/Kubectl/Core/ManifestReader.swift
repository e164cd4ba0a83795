import Commands
import Documents
import KubernetesAPI
import Terminal

/// An object from a file.
struct Manifest: Sendable {
    var resource: APIResource
    var object: KubernetesObject
    /// The file's name as it was given.
    var source: String
}

/// Reads what `-f` names: files, directories, standard input; YAML streams, JSON, Lists.
struct ManifestReader {
    let call: Call

    static let extensions = ["json", "yaml", "yml"]

    /// The objects, with the namespace of the call where they name none.
    /// - Parameter errors: faults of single documents; the others are still read.
    func read(_ errors: inout [any Error]) async throws -> [Manifest] {
        var manifests: [Manifest] = []
        let names = call.invocation.all("filename").flatMap { $0.split(separator: ",").map(String.init) }
        if names.count(where: { $0 == "-" }) > 1 {
            throw Failure.message("standard input cannot be used for multiple arguments")
        }
        for (source, bytes) in try await contents(names) {
            let documents: [YAMLDocument]
            do {
                documents = try YAMLParser.documents(in: String(decoding: bytes, as: UTF8.self), file: source)
            } catch {
                errors.append(
                    Failure.message(
                        "error parsing \(source): error converting YAML to JSON: yaml: line \(error.line): "
                            + error.reason, hint: Self.yamlHint))
                continue
            }
            for document in documents {
                do {
                    manifests += try manifest(document.value, source)
                } catch {
                    errors.append(error)
                }
            }
        }
        return manifests
    }

    private static let yamlHint = Localized(
        ko: "들여쓰기(스페이스, 탭은 안 됩니다)와 ':' 뒤의 빈칸을 살펴보세요.",
        en: "Look at the indentation (spaces, never tabs) and the space behind each ':'.")

    /// A List stands for its items.
    private func manifest(_ document: JSONValue, _ source: String) throws -> [Manifest] {
        let object = KubernetesObject(document)
        if object.kind.hasSuffix("List"), let items = document["items"]?.array {
            return try items.flatMap { try manifest($0, source) }
        }
        var missing: [String] = []
        if object.apiVersion.isEmpty { missing.append("apiVersion not set") }
        if object.kind.isEmpty { missing.append("kind not set") }
        guard missing.isEmpty else {
            let list = missing.count == 1 ? missing[0] : "[\(missing.joined(separator: ", "))]"
            throw Failure.message(
                "error validating \"\(source)\": error validating data: \(list); "
                    + "if you choose to ignore these errors, turn validation off with --validate=false",
                hint: Localized(
                    ko: "모든 매니페스트는 apiVersion 과 kind 로 시작합니다 (예: apiVersion: v1, kind: Pod).",
                    en: "Every manifest says apiVersion and kind (as in apiVersion: v1, kind: Pod)."))
        }
        guard let resource = APIResource.of(apiVersion: object.apiVersion, kind: object.kind) else {
            throw unknownKind(object, source)
        }
        return [Manifest(resource: resource, object: try placed(object, resource), source: source)]
    }

    /// The object in the namespace it belongs to.
    private func placed(_ object: KubernetesObject, _ resource: APIResource) throws -> KubernetesObject {
        var object = object
        guard resource.isNamespaced else {
            object.namespace = ""
            return object
        }
        if object.namespace.isEmpty {
            object.namespace = call.namespace
        } else if call.isNamespaceExplicit, object.namespace != call.namespace {
            throw Failure.message(
                "the namespace from the provided object \"\(object.namespace)\" does not match the namespace "
                    + "\"\(call.namespace)\". You must pass '--namespace=\(object.namespace)' to perform this operation."
            )
        }
        return object
    }

    private func unknownKind(_ object: KubernetesObject, _ source: String) -> Failure {
        var hint: Localized?
        if let known = APIResource.all.first(where: { $0.kind.lowercased() == object.kind.lowercased() }) {
            hint = Localized(
                ko: "이렇게 쓰세요: apiVersion: \(known.apiVersion), kind: \(known.kind)",
                en: "Write apiVersion: \(known.apiVersion), kind: \(known.kind)")
        } else if let near = Suggestion.nearest(to: object.kind, in: APIResource.all.map(\.kind)) {
            hint = Localized(ko: "혹시 \(near) 인가요?", en: "Did you mean \(near)?")
        }
        return .message(
            "resource mapping not found for name: \"\(object.name)\" namespace: \"\(object.namespace)\" from "
                + "\"\(source)\": no matches for kind \"\(object.kind)\" in version \"\(object.apiVersion)\"\n"
                + "ensure CRDs are installed first", hint: hint)
    }

    private func contents(_ names: [String]) async throws -> [(source: String, bytes: [UInt8])] {
        var contents: [(String, [UInt8])] = []
        for name in names {
            if name == "-" {
                contents.append(("STDIN", await InputStream(descriptor: call.context.input).readAll()))
                try Task.checkCancellation()
            } else if name.hasPrefix("http://") || name.hasPrefix("https://") {
                throw Failure.message(
                    "unable to read URL \"\(name)\": there is no way out to it from here",
                    hint: Localized(ko: "파일로 내려받아 -f 파일 로 쓰세요.", en: "Download it and use -f FILE."))
            } else if await call.context.files.isDirectory(name, workingDirectory: call.context.workingDirectory) {
                let files = try await filesBelow(name)
                if files.isEmpty {
                    throw Failure.message(
                        "error reading [\(name)]: recognized file extensions are [.json .yaml .yml]")
                }
                for file in files { contents.append((file, try await read(file))) }
            } else {
                contents.append((name, try await read(name)))
            }
        }
        return contents
    }

    private func filesBelow(_ directory: String) async throws -> [String] {
        let context = call.context
        var files: [String] = []
        let names: [String]
        do {
            names = try await context.files.list(directory, workingDirectory: context.workingDirectory)
        } catch {
            throw unreadable(directory, error)
        }
        for name in names {
            let path = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
            if await context.files.isDirectory(path, workingDirectory: context.workingDirectory) {
                if call.invocation.isOn("recursive") { files += try await filesBelow(path) }
            } else if let dot = name.lastIndex(of: "."), Self.extensions.contains(String(name[dot...].dropFirst())) {
                files.append(path)
            }
        }
        return files
    }

    private func read(_ path: String) async throws -> [UInt8] {
        do {
            return try await call.context.files.read(path, workingDirectory: call.context.workingDirectory)
        } catch {
            if error.errno == 2 {
                throw Failure.message("the path \"\(path)\" does not exist", hint: await nearFile(path))
            }
            throw unreadable(path, error)
        }
    }

    private func unreadable(_ path: String, _ error: FileAccessError) -> Failure {
        .message("the path \"\(path)\" cannot be accessed: \(SystemErrorText.text(error.errno))")
    }

    private func nearFile(_ path: String) async -> Localized? {
        let context = call.context
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[$0...].dropFirst()) } ?? path
        let found = try? await context.files.list(
            directory.isEmpty ? "/" : directory, workingDirectory: context.workingDirectory)
        let files = found ?? []
        if let near = Suggestion.nearest(to: name, in: files) {
            let whole = slash.map { path[...$0] + near } ?? near
            return Localized(ko: "혹시 \(whole) 인가요?", en: "Did you mean \(whole)?")
        }
        let manifests = files.filter { file in Self.extensions.contains { file.hasSuffix(".\($0)") } }
        guard !manifests.isEmpty else { return nil }
        let list = manifests.prefix(5).joined(separator: ", ")
        return Localized(ko: "여기 있는 매니페스트: \(list)", en: "Manifests that are here: \(list)")
    }
}
