import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl create configmap`
enum CreateConfigMap {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "configmap", aliases: ["cm"],
            summary: Localized(ko: "설정값 모음(컨피그맵)을 만듭니다.", en: "Creates a set of configuration values."),
            usage: "NAME [--from-literal=KEY=VALUE] [--from-file=[KEY=]FILE] [--from-env-file=FILE]",
            examples: [
                (
                    "kubectl create configmap settings --from-literal=color=blue",
                    Localized(ko: "값 하나", en: "One value")
                ),
                (
                    "kubectl create configmap page --from-file=index.html",
                    Localized(ko: "파일 이름이 키가 됩니다", en: "The file's name becomes the key")
                ),
            ],
            flags: [
                Flag(
                    "from-literal", .list, placeholder: "KEY=VALUE",
                    summary: Localized(ko: "키와 값", en: "a key and its value")),
                Flag(
                    "from-file", .list, placeholder: "[KEY=]FILE",
                    summary: Localized(
                        ko: "파일 내용 (디렉터리면 그 안의 파일마다)", en: "content of a file, or of each in a directory")),
                Flag(
                    "from-env-file", .list, placeholder: "FILE",
                    summary: Localized(ko: "KEY=VALUE 줄이 든 파일", en: "a file of KEY=VALUE lines")),
            ] + CreateVerb.commonFlags,
            run: kubectl.perform { call in
                var builder = ConfigMapBuilder(call: call, name: try CreateVerb.name(call))
                let object = try await builder.build()
                try await CreateVerb.createGenerated(
                    call, .configMaps, object, failure: "failed to create configmap")
            })
    }
}

private struct ConfigMapBuilder {
    let call: Call
    let name: String
    private var data: [String: String] = [:]
    private var binary: [String: String] = [:]

    init(call: Call, name: String) {
        self.call = call
        self.name = name
    }

    mutating func build() async throws -> KubernetesObject {
        let invocation = call.invocation
        let hasOthers = invocation.has("from-file") || invocation.has("from-literal")
        if invocation.has("from-env-file"), hasOthers {
            throw Failure.message("from-env-file cannot be combined with from-file or from-literal")
        }
        for source in invocation.all("from-file") { try await addFiles(source) }
        for literal in invocation.all("from-literal") {
            let parts = literal.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Failure.message("invalid literal source \(literal), expected key=value")
            }
            try add(String(parts[0]), Array(Self.unquoted(String(parts[1])).utf8))
        }
        for path in invocation.all("from-env-file") { try await addLines(path) }
        var object = KubernetesObject(.configMaps, name: name)
        if !data.isEmpty { object.document["data"] = Self.map(data) }
        if !binary.isEmpty { object.document["binaryData"] = Self.map(binary) }
        return object
    }

    private static func map(_ values: [String: String]) -> JSONValue {
        .object(JSONObject(values.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) }))
    }

    /// Quotes around the whole value are dropped, as kubectl does.
    private static func unquoted(_ value: String) -> String {
        guard value.count >= 2, let mark = value.first, mark == "\"" || mark == "'", value.last == mark else {
            return value
        }
        return String(value.dropFirst().dropLast())
    }

    private mutating func add(_ key: String, _ bytes: [UInt8]) throws {
        let isValid = key.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        }
        guard isValid, !key.isEmpty else {
            throw Failure.message(
                "\"\(key)\" is not a valid key name for a ConfigMap: a valid config key must consist of alphanumeric "
                    + "characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for "
                    + "validation is '[-._a-zA-Z0-9]+')")
        }
        guard data[key] == nil, binary[key] == nil else {
            throw Failure.message(
                "cannot add key \"\(key)\", another key by that name already exists in Data for ConfigMap \"\(name)\"")
        }
        if let text = String(validating: bytes, as: UTF8.self) {
            data[key] = text
        } else {
            binary[key] = Base64.encode(bytes)
        }
    }

    private mutating func addFiles(_ source: String) async throws {
        let parts = source.split(separator: "=", maxSplits: 1).map(String.init)
        let path = parts.last ?? source
        let context = call.context
        guard await context.files.isDirectory(path, workingDirectory: context.workingDirectory) else {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            return try add(parts.count == 2 ? parts[0] : name, try await read(path))
        }
        if parts.count == 2 { throw Failure.message("cannot give a key name for a directory path") }
        for name in try await list(path) {
            let file = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
            if await context.files.isDirectory(file, workingDirectory: context.workingDirectory) { continue }
            try add(name, try await read(file))
        }
    }

    private mutating func addLines(_ path: String) async throws {
        let text = String(decoding: try await read(path), as: UTF8.self)
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.drop { $0 == " " || $0 == "\t" }
            if line.isEmpty || line.hasPrefix("#") { continue }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            try add(parts[0], Array((parts.count > 1 ? parts[1] : "").utf8))
        }
    }

    private func list(_ path: String) async throws -> [String] {
        do {
            return try await call.context.files.list(path, workingDirectory: call.context.workingDirectory)
        } catch {
            throw Failure.message("error listing files in \(path): \(SystemErrorText.text(error.errno))")
        }
    }

    private func read(_ path: String) async throws -> [UInt8] {
        do {
            return try await call.context.files.read(path, workingDirectory: call.context.workingDirectory)
        } catch {
            throw Failure.message("error reading \(path): \(SystemErrorText.text(error.errno))")
        }
    }
}
