import ContainerRuntime
import Glibc

/// What this machine's distribution calls itself (os-release(5)).
struct OperatingSystem: Sendable, Hashable {
    /// `debian`
    var id = "linux"
    /// `12`, or empty.
    var versionID = ""
    /// `bookworm`, or empty.
    var codename = ""
    /// `Debian GNU/Linux 12 (bookworm)`
    var prettyName = "Linux"

    init() {}

    init(parsing text: String) {
        var values: [Substring: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            values[parts[0]] = parts[1].filter { $0 != "\"" && $0 != "'" }
        }
        if let id = values["ID"], !id.isEmpty { self.id = id }
        versionID = values["VERSION_ID"] ?? ""
        codename = values["VERSION_CODENAME"] ?? ""
        prettyName = values["PRETTY_NAME"] ?? id
    }

    static let current: OperatingSystem = {
        guard let file = try? StoredFile(reading: "/usr/lib/os-release"), let bytes = try? file.readAll() else {
            return OperatingSystem()
        }
        return OperatingSystem(parsing: String(decoding: bytes, as: UTF8.self))
    }()
}
