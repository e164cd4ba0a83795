public import Documents

/// What a compose file describes (compose-spec): services, and the networks and volumes they share.
public struct ComposeProject: Sendable {
    /// Lower-case letters, digits, `-` and `_`; the first part of every name that is made.
    public var name: String
    /// In the order of the file.
    public var services: [ServiceDefinition]
    public var networks: [NetworkDefinition]
    public var volumes: [VolumeDefinition]
    /// The files it was read from.
    public var files: [String]
    /// The directory that relative paths start from.
    public var directory: String
    /// All of it, merged and with its variables replaced: what `docker compose config` shows.
    public var document: JSONValue
    /// What its author should know but nobody stops at, one line each.
    public var warnings: [String]

    /// A project of which only the name is known.
    public init(name: String, directory: String) {
        self.init(
            name: name, services: [], networks: [], volumes: [], files: [], directory: directory, document: [:],
            warnings: [])
    }

    init(
        name: String, services: [ServiceDefinition], networks: [NetworkDefinition], volumes: [VolumeDefinition],
        files: [String], directory: String, document: JSONValue, warnings: [String]
    ) {
        self.name = name
        self.services = services
        self.networks = networks
        self.volumes = volumes
        self.files = files
        self.directory = directory
        self.document = document
        self.warnings = warnings
    }

    public subscript(service name: String) -> ServiceDefinition? { services.first { $0.name == name } }

    /// Every profile that some service is in.
    public var profiles: [String] { Set(services.flatMap(\.profiles)).sorted() }

    /// The services that are up without being named: those without a profile, and those in one of `profiles`; what they
    /// depend on comes along.
    public func enabled(profiles: Set<String>, named: [String]) throws(ComposeError) -> [ServiceDefinition] {
        for name in named where self[service: name] == nil {
            throw ComposeError(reason: .undefined("no such service: \(name)"))
        }
        var wanted: Set<String> = []
        var waiting: [String] =
            named.isEmpty
            ? services.filter { service in
                service.profiles.isEmpty || profiles.contains("*")
                    || !profiles.isDisjoint(with: service.profiles)
            }.map(\.name) : named
        while let next = waiting.popLast() {
            guard wanted.insert(next).inserted, let service = self[service: next] else { continue }
            waiting += service.dependencies.filter(\.isRequired).map(\.service)
        }
        return services.filter { wanted.contains($0.name) }
    }
}

/// One service: containers that are all alike.
public struct ServiceDefinition: Sendable, Hashable {
    public var name: String
    /// The reference; with `build` also the name that the built image gets.
    public var image: String?
    public var build: BuildDefinition?
    public var containerName: String?
    /// How many containers.
    public var replicas: Int
    public var dependencies: [ServiceDependency]
    public var profiles: [String]
    /// The project's networks it is in; empty with a `networkMode`.
    public var networks: [NetworkUse]
    /// `none`, `host`, `service:NAME`, `container:NAME`.
    public var networkMode: String?
    /// The words behind `docker create` that say the rest: flags with their values.
    public var options: [String]
    /// Named volumes of the project that it mounts.
    public var volumes: [String]
    /// Nil keeps the image's; empty clears it.
    public var entrypoint: [String]?
    public var command: [String]?
    public var healthCheck: HealthDefinition?
    /// What `docker compose watch` does.
    public var watches: [WatchRule] = []
}

/// How a service's image is built.
public struct BuildDefinition: Sendable, Hashable {
    /// A directory.
    public var context: String
    public var dockerfile: String?
    public var target: String?
    /// `NAME=value`
    public var arguments: [String]
}

public struct ServiceDependency: Sendable, Hashable {
    public enum Condition: String, Sendable, Hashable, CaseIterable {
        case started = "service_started"
        case healthy = "service_healthy"
        case completed = "service_completed_successfully"
    }
    public var service: String
    public var condition: Condition
    /// Otherwise it is waited for only if it is up anyway.
    public var isRequired: Bool
}

public struct NetworkUse: Sendable, Hashable {
    /// As the project calls it.
    public var network: String
    public var aliases: [String]
    public var address: String?
}

/// A health check whose test is a program with arguments or a line for a shell.
public struct HealthDefinition: Sendable, Hashable {
    public enum Test: Sendable, Hashable {
        case none
        case command([String])
        case shell(String)
    }
    /// Nil keeps the image's.
    public var test: Test?
    /// Seconds.
    public var interval: Double?
    public var timeout: Double?
    public var startPeriod: Double?
    public var startInterval: Double?
    public var retries: Int?
}

public struct NetworkDefinition: Sendable, Hashable {
    /// As the project calls it.
    public var key: String
    /// As the engine does: `PROJECT_KEY`, unless the file names it.
    public var name: String
    /// It is there already, and stays.
    public var isExternal: Bool
    public var isInternal: Bool
    public var driver: String
    public var subnet: String?
    public var gateway: String?
    public var labels: [String: String]
}

public struct VolumeDefinition: Sendable, Hashable {
    public var key: String
    public var name: String
    public var isExternal: Bool
    public var labels: [String: String]
}

extension ServiceDefinition {
    /// Sixteen digits that differ whenever the service, or the image it is made of, does: FNV-1a over its words.
    public func fingerprint(image: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ text: String) {
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            hash = (hash ^ 0xff) &* 0x100_0000_01b3
        }
        add(image)
        for text in options { add(text) }
        for words in [entrypoint, command] {
            add(words == nil ? "-" : "+")
            for text in words ?? [] { add(text) }
        }
        for use in networks { add("\(use.network) \(use.aliases) \(use.address ?? "")") }
        add(networkMode ?? "")
        add(healthCheck.map { "\($0)" } ?? "")
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
