import Commands
import Compose
import ContainerRuntime

/// Makes the containers of a service: the words of the `docker create` that the service means, read by the very parser
/// that reads what people type.
struct ServiceContainer {
    let session: ComposeSession
    let service: ServiceDefinition

    var image: String { service.image ?? "\(session.project.name)-\(service.name)" }

    func name(_ number: Int) -> String {
        service.containerName ?? "\(session.project.name)-\(service.name)-\(number)"
    }

    /// Differs whenever the service, or the image it is made of, does.
    func fingerprint() async -> String {
        let image = (try? await session.engine.resolveImage(image))?.id ?? ""
        return service.fingerprint(image: image)
    }

    /// - Parameters:
    ///   - name: instead of the service's own.
    ///   - further: words behind the service's own, which win over them.
    func create(
        number: Int, name: String? = nil, oneOff: Bool = false, further: [String] = [], command: [String]? = nil,
        publishesPorts: Bool = true
    ) async throws(RuntimeError) -> String {
        let words = try await words(
            number: number, name: name ?? self.name(number), oneOff: oneOff, further: further, command: command,
            publishesPorts: publishesPorts)
        let command = CreateCommand.make(session.engine)
        let invocation: Invocation
        do throws(UsageError) {
            invocation = try command.read(words)
        } catch {
            throw .conflict("services.\(service.name): \(error.sentence)")
        }
        return try await CreateCommand.create(invocation, session.engine, session.context) { configuration in
            configuration.entrypoint = service.entrypoint ?? configuration.entrypoint
            configuration.healthCheck = healthCheck ?? configuration.healthCheck
        }
    }

    private func words(
        number: Int, name: String, oneOff: Bool, further: [String], command: [String]?, publishesPorts: Bool
    ) async throws(RuntimeError) -> [String] {
        let labels = [
            (ComposeLabel.project, session.project.name), (ComposeLabel.service, service.name),
            (ComposeLabel.number, "\(number)"), (ComposeLabel.oneOff, oneOff ? "True" : "False"),
            (ComposeLabel.configuration, await fingerprint()),
            (ComposeLabel.directory, session.project.directory),
            (ComposeLabel.files, session.project.files.joined(separator: ",")),
        ]
        var words = ["--name", name]
        for (label, value) in labels { words += ["--label", "\(label)=\(value)"] }
        words += try await networkWords(name: name)
        var options = service.options
        if !publishesPorts { Self.remove("--publish", from: &options) }
        if oneOff { Self.remove("--restart", from: &options) }
        return words + options + further + [image] + (command ?? service.command ?? [])
    }

    private func networkWords(name: String) async throws(RuntimeError) -> [String] {
        if let mode = service.networkMode {
            guard mode.hasPrefix("service:") else { return ["--network", mode] }
            let other = String(mode.dropFirst("service:".count))
            return ["--network", "container:\(try await session.running(other).status.name)"]
        }
        var words: [String] = []
        for use in service.networks {
            let network = session.project.networks.first { $0.key == use.network }?.name ?? use.network
            var text = "name=\(network)"
            for alias in use.aliases where alias != name { text += ",alias=\(alias)" }
            if let address = use.address { text += ",ip=\(address)" }
            words += ["--network", text]
        }
        return words.isEmpty ? ["--network", "none"] : words
    }

    private static func remove(_ flag: String, from words: inout [String]) {
        while let index = words.firstIndex(of: flag) { words.removeSubrange(index...(index + 1)) }
    }

    private var healthCheck: HealthCheck? {
        guard let wanted = service.healthCheck, let test = wanted.test else { return nil }
        var check = HealthCheck(test: .none)
        check.test =
            switch test {
            case .none: .none
            case .command(let words): .command(words)
            case .shell(let line): .shell(line)
            }
        check.interval = wanted.interval ?? check.interval
        check.timeout = wanted.timeout ?? check.timeout
        check.startPeriod = wanted.startPeriod ?? check.startPeriod
        check.startInterval = wanted.startInterval ?? check.startInterval
        check.retries = wanted.retries ?? check.retries
        return check
    }
}
