public import Documents

/// What a container of the image is given, beside its command and environment (image-spec config.md, and the members that
/// docker added to it).
extension ImageConfiguration {
    /// `80/tcp`, sorted.
    public var exposedPorts: [String] {
        get { (document.at("config", "ExposedPorts")?.object ?? [:]).map(\.key).sorted() }
        set { document["config"]["ExposedPorts"] = Self.set(newValue) }
    }
    /// Absolute paths, sorted.
    public var volumes: [String] {
        get { (document.at("config", "Volumes")?.object ?? [:]).map(\.key).sorted() }
        set { document["config"]["Volumes"] = Self.set(newValue) }
    }
    /// A name or a number.
    public var stopSignal: String? {
        get { document.at("config", "StopSignal")?.string }
        set { document["config"]["StopSignal"] = newValue.map { .string($0) } }
    }
    /// What lines of RUN, CMD and ENTRYPOINT are given to; nil is `/bin/sh -c`.
    public var shell: [String]? {
        get { document.at("config", "Shell")?.array?.compactMap(\.string) }
        set { document["config"]["Shell"] = newValue.map { .strings($0) } }
    }
    /// Instructions that a build on this image begins with.
    public var onBuild: [String] {
        get { (document.at("config", "OnBuild")?.array ?? []).compactMap(\.string) }
        set { document["config"]["OnBuild"] = newValue.isEmpty ? nil : .strings(newValue) }
    }
    public var author: String? {
        get { document["author"]?.string }
        set { document["author"] = newValue.map { .string($0) } }
    }
    public var healthCheck: ImageHealthCheck? {
        get { document.at("config", "Healthcheck").flatMap { ImageHealthCheck($0) } }
        set { document["config"]["Healthcheck"] = newValue?.document }
    }

    /// Lines of history, bottom first.
    public var history: [JSONValue] {
        get { document["history"]?.array ?? [] }
        set { document["history"] = .array(newValue) }
    }

    private static func set(_ names: [String]) -> JSONValue? {
        let unique = Set(names).sorted()
        return unique.isEmpty ? nil : .object(JSONObject(unique.map { (key: $0, value: [:]) }))
    }
}

/// `Healthcheck` of an image.
public struct ImageHealthCheck: Sendable, Hashable {
    /// `["NONE"]`, `["CMD", program, …]`, `["CMD-SHELL", line]`; empty keeps the base image's.
    public var test: [String]
    /// Nanoseconds; nil is docker's default.
    public var interval: Int?
    public var timeout: Int?
    public var startPeriod: Int?
    public var startInterval: Int?
    public var retries: Int?

    public init(test: [String]) {
        self.test = test
    }

    init?(_ document: JSONValue) {
        guard let test = document["Test"]?.array else { return nil }
        self.test = test.compactMap(\.string)
        interval = document["Interval"]?.int
        timeout = document["Timeout"]?.int
        startPeriod = document["StartPeriod"]?.int
        startInterval = document["StartInterval"]?.int
        retries = document["Retries"]?.int
    }

    public var document: JSONValue {
        var document: JSONValue = ["Test": .strings(test)]
        for (name, value) in [
            ("Interval", interval), ("Timeout", timeout), ("StartPeriod", startPeriod),
            ("StartInterval", startInterval), ("Retries", retries),
        ] {
            if let value { document[name] = .integer(value) }
        }
        return document
    }
}

extension ImageConfiguration {
    /// Replaces the digests of the uncompressed layers, bottom first.
    public mutating func setLayers(_ digests: [Digest]) {
        document["rootfs"]["diff_ids"] = .array(digests.map { .string($0.description) })
    }
}
