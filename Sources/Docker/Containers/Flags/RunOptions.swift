import Commands
import ContainerRuntime
import Terminal

/// The flags of `docker run` and `docker create`, and the configuration they mean.
enum RunOptions {
    static let flags: [Flag] =
        [
            Flag(
                "interactive", short: "i",
                summary: Localized(ko: "표준 입력을 열어 둔다", en: "Keep standard input open")),
            Flag("tty", short: "t", summary: Localized(ko: "터미널을 준다", en: "Give it a terminal")),
            Flag(
                "attach", short: "a", .list, placeholder: "STREAM",
                summary: Localized(ko: "이을 것: stdin, stdout, stderr", en: "Attach to stdin, stdout or stderr")),
            Flag(
                "publish", short: "p", .list, placeholder: "HOST:CONTAINER",
                summary: Localized(ko: "포트를 밖으로 연다", en: "Publish a port on this machine")),
            Flag(
                "publish-all", short: "P",
                summary: Localized(ko: "알려진 포트를 모두 밖으로 연다", en: "Publish all exposed ports on free ones")),
            Flag("expose", .list, placeholder: "PORT", summary: Localized(ko: "쓰는 포트를 알린다", en: "Expose a port")),
            Flag(
                "cidfile", .text, placeholder: "FILE",
                summary: Localized(ko: "ID 를 적을 파일", en: "Write the ID to a file")),
        ] + IdentityFlags.flags + LifeFlags.flags + FileFlags.flags + ResourceFlags.flags + SecurityFlags.flags
        + HealthFlags.flags + NamespaceFlags.flags + ForeignFlags.flags

    /// The configuration that a command line means, but for its sandbox.
    /// - Throws: `.invalid` or `.conflict` naming the flag.
    static func configuration(
        _ line: Invocation, _ runtime: any ContainerRuntime, _ context: CommandContext
    ) async throws(RuntimeError) -> ContainerConfiguration {
        try ForeignFlags.check(line, context)
        let words = line.allArguments
        var configuration = ContainerConfiguration(image: words[0], name: line["name"])
        configuration.command = words.count > 1 ? Array(words.dropFirst()) : nil
        configuration.terminal = line.isOn("tty")
        let attached = try attachments(line)
        configuration.openInput = line.isOn("interactive") || attached.contains("stdin")
        try await IdentityFlags.apply(line, context, to: &configuration)
        try LifeFlags.apply(line, to: &configuration)
        try await FileFlags.apply(line, context, to: &configuration)
        try ResourceFlags.apply(line, to: &configuration.resources)
        try await SecurityFlags.apply(line, context, to: &configuration)
        try NamespaceFlags.apply(line, to: &configuration)
        let ownHealthCheck = line.has("health-cmd") || !HealthFlags.flags.contains { line.has($0.name) }
        let image = ownHealthCheck ? nil : try? await runtime.resolveImage(words[0])
        try HealthFlags.apply(line, image: image?.healthCheck, to: &configuration)
        for port in line.all("publish") { configuration.publishedPorts.append(contentsOf: try PortFlag.ports(port)) }
        configuration.publishesAllPorts = line.isOn("publish-all")
        for text in line.all("expose") { configuration.exposedPorts += try exposed(text) }
        return configuration
    }

    /// What `-a` names.
    static func attachments(_ line: Invocation) throws(RuntimeError) -> Set<String> {
        let wanted = Set(line.all("attach").map { $0.lowercased() })
        for stream in wanted where !["stdin", "stdout", "stderr"].contains(stream) {
            throw .conflict(
                "invalid argument \"\(stream)\" for \"-a, --attach\" flag: valid streams are STDIN, STDOUT and STDERR")
        }
        return wanted
    }

    /// `80`, `80/udp`, `8000-8010`
    static func exposed(_ text: String) throws(RuntimeError) -> [String] {
        let ports: [PublishedPort]
        do {
            ports = try PortFlag.ports(text)
        } catch {
            throw .conflict("invalid range format for --expose: \(text)")
        }
        return ports.map { "\($0.containerPort)/\($0.transport.rawValue.lowercased())" }
    }

    /// The sandbox for a network.
    static func sandbox(
        _ line: Invocation, name: String, network: SandboxConfiguration.Network
    ) throws(RuntimeError) -> SandboxConfiguration {
        var sandbox = SandboxConfiguration(name: name, hostname: "", network: network)
        try IdentityFlags.apply(line, to: &sandbox)
        if case .sandbox = network {
            if line.has("hostname") { throw .conflict("conflicting options: hostname and the network mode") }
            if line.has("dns") { throw .conflict("conflicting options: dns and the network mode") }
            if line.has("add-host") {
                throw .conflict("conflicting options: custom host-to-IP mapping and the network mode")
            }
            if line.has("publish") || line.isOn("publish-all") {
                throw .conflict("conflicting options: port publishing and the container type network mode")
            }
            if line.has("expose") {
                throw .conflict("conflicting options: port exposing and the container type network mode")
            }
        }
        return sandbox
    }
}
