/// The platform that images are built for: this machine's.
enum BuildPlatform {
    static let operatingSystem = "linux"
    static var architecture: String {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }

    static var name: String { "\(operatingSystem)/\(architecture)" }

    /// `linux/amd64`, `amd64`, `linux/arm64/v8`: whether it is this machine's.
    static func isOwn(_ text: String) -> Bool {
        let parts = text.lowercased().split(separator: "/").map(String.init)
        let aliases = ["x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64"]
        guard let first = parts.first else { return false }
        if parts.count == 1, first == operatingSystem { return true }
        let machine = parts.count == 1 ? first : parts[1]
        return (parts.count == 1 || first == operatingSystem) && (aliases[machine] ?? machine) == architecture
    }

    /// The arguments that are there without being given, once a stage declares them.
    static var arguments: [String: String] {
        var values: [String: String] = [:]
        for side in ["TARGET", "BUILD"] {
            values[side + "PLATFORM"] = name
            values[side + "OS"] = operatingSystem
            values[side + "ARCH"] = architecture
            values[side + "VARIANT"] = ""
        }
        return values
    }

    /// Arguments that reach RUN without being declared, and of which an image does not depend.
    static let proxyArguments: Set<String> = Set(
        ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"].flatMap { [$0, $0.lowercased()] })
}
