import Commands
import ContainerRuntime
import Terminal

/// What a container is called, who it is, and what it knows.
enum IdentityFlags {
    static let flags: [Flag] = [
        Flag("name", .text, placeholder: "NAME", summary: Localized(ko: "컨테이너 이름", en: "Name of the container")),
        Flag(
            "env", short: "e", .list, placeholder: "NAME=VALUE",
            summary: Localized(ko: "환경 변수", en: "Environment variable")),
        Flag(
            "env-file", .list, placeholder: "FILE",
            summary: Localized(ko: "환경 변수 파일", en: "File of environment variables")),
        Flag(
            "hostname", short: "h", .text, placeholder: "NAME", summary: Localized(ko: "호스트 이름", en: "Host name inside")
        ),
        Flag("domainname", .text, placeholder: "NAME", summary: Localized(ko: "NIS 도메인 이름", en: "NIS domain name")),
        Flag("user", short: "u", .text, placeholder: "USER", summary: Localized(ko: "사용자", en: "User inside")),
        Flag("group-add", .list, placeholder: "GROUP", summary: Localized(ko: "더 속할 그룹", en: "Another group to be in")),
        Flag(
            "entrypoint", .text, placeholder: "COMMAND",
            summary: Localized(ko: "이미지의 시작 명령을 바꾼다", en: "Replace the image's entrypoint")),
        Flag("label", short: "l", .list, placeholder: "KEY=VALUE", summary: Localized(ko: "라벨", en: "Label")),
        Flag("label-file", .list, placeholder: "FILE", summary: Localized(ko: "라벨 파일", en: "File of labels")),
        Flag(
            "annotation", .list, placeholder: "KEY=VALUE",
            summary: Localized(ko: "런타임에 전하는 라벨", en: "Annotation, passed to the runtime")),
        Flag(
            "add-host", .list, placeholder: "NAME:ADDRESS",
            summary: Localized(
                ko: "/etc/hosts 의 줄 (주소: host-gateway 도)", en: "Line of /etc/hosts (also NAME:host-gateway)")),
        Flag("dns", .list, placeholder: "ADDRESS", summary: Localized(ko: "이름 서버", en: "Name server")),
        Flag("dns-search", .list, placeholder: "DOMAIN", summary: Localized(ko: "이름 찾을 도메인", en: "Search domain")),
        Flag("dns-option", .list, placeholder: "OPTION", summary: Localized(ko: "이름 찾기 설정", en: "Resolver option")),
    ]

    static func apply(
        _ line: Invocation, _ context: CommandContext, to configuration: inout ContainerConfiguration
    ) async throws(RuntimeError) {
        if let entrypoint = line["entrypoint"] {
            configuration.entrypoint = entrypoint.isEmpty ? [] : [entrypoint]
        }
        configuration.environment = try await environment(line, context)
        configuration.user = line["user"]
        configuration.additionalGroups = line.all("group-add")
        for path in line.all("label-file") {
            for entry in try await lines(path, context) { add(label: entry, to: &configuration) }
        }
        for label in line.all("label") { add(label: label, to: &configuration) }
        for text in line.all("annotation") {
            let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2, !pair[0].isEmpty else {
                throw .invalid(field: "--annotation", reason: "\(text): expected KEY=VALUE")
            }
            configuration.annotations[pair[0]] = pair[1]
        }
    }

    /// What `--env-file` and `-e` say.
    static func environment(_ line: Invocation, _ context: CommandContext) async throws(RuntimeError) -> [String] {
        var entries: [String] = []
        for path in line.all("env-file") { entries += try await variables(path, context) }
        for entry in line.all("env") {
            guard let name = entry.split(separator: "=", omittingEmptySubsequences: false).first, !name.isEmpty else {
                throw .conflict("invalid environment variable: \(entry)")
            }
            if entry.contains("=") {
                entries.append(entry)
            } else if let value = context.environment[entry] {
                entries.append("\(entry)=\(value)")
            }
        }
        return entries
    }

    private static func add(label: String, to configuration: inout ContainerConfiguration) {
        let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        configuration.labels[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
    }

    /// The part of the flags that all containers of a sandbox share.
    static func apply(_ line: Invocation, to sandbox: inout SandboxConfiguration) throws(RuntimeError) {
        sandbox.hostname = line["hostname"] ?? ""
        if sandbox.hostname.utf8.count > 64 { throw .conflict("invalid hostname: \(sandbox.hostname)") }
        sandbox.domainname = line["domainname"] ?? ""
        for text in line.all("add-host") {
            let separator: Character = text.contains("=") ? "=" : ":"
            let pair = text.split(separator: separator, maxSplits: 1).map(String.init)
            guard pair.count == 2, pair[1] == "host-gateway" || isAddress(pair[1]) else {
                throw .conflict(
                    "invalid argument \"\(text)\" for \"--add-host\" flag: bad format for add-host: \"\(text)\"")
            }
            sandbox.hosts.append((address: pair[1], names: [pair[0]]))
        }
        let servers = line.all("dns")
        for server in servers where !isAddress(server) {
            throw .conflict("invalid argument \"\(server)\" for \"--dns\" flag: \(server) is not an ip address")
        }
        let (searches, options) = (line.all("dns-search").filter { $0 != "." }, line.all("dns-option"))
        guard !servers.isEmpty || line.has("dns-search") || !options.isEmpty else { return }
        sandbox.dns = DNSConfiguration(nameservers: servers, searches: searches, options: options)
    }

    static func isAddress(_ text: String) -> Bool {
        if text.contains(":") { return text.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." } }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    /// A file of `NAME=value` lines; `NAME` alone is the caller's own.
    private static func variables(_ path: String, _ context: CommandContext) async throws(RuntimeError) -> [String] {
        var found: [String] = []
        for line in try await lines(path, context) {
            guard let name = line.split(separator: "=", omittingEmptySubsequences: false).first, !name.isEmpty else {
                throw .conflict("no variable name on line '\(line)'")
            }
            if name.contains(where: \.isWhitespace) {
                throw .conflict("poorly formatted environment: variable '\(name)' contains whitespaces")
            }
            if line.contains("=") {
                found.append(line)
            } else if let value = context.environment[line] {
                found.append("\(line)=\(value)")
            }
        }
        return found
    }

    /// Without blank lines and comments.
    private static func lines(_ path: String, _ context: CommandContext) async throws(RuntimeError) -> [String] {
        let bytes: [UInt8]
        do {
            bytes = try await context.files.read(path, workingDirectory: context.workingDirectory)
        } catch {
            throw .conflict("open \(path): \(ErrorNumber.text(error.errno))")
        }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map {
            String($0.drop(while: \.isWhitespace))
        }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }
}
