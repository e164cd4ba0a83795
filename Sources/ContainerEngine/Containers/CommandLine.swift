import ContainerRuntime

/// What a container executes, as docker puts it together from the image and the request.
enum CommandLine {
    static func of(_ wanted: ContainerConfiguration, image: ImageSummary) -> [String] {
        // A new entrypoint makes the image's command, which was written for the old one, meaningless.
        let entrypoint = wanted.entrypoint ?? image.entrypoint
        let command = wanted.command ?? (wanted.entrypoint == nil ? image.command : [])
        return entrypoint + command
    }

    static let standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The environment: the standard, over it the image's, over it the container's.
    static func environment(_ wanted: ContainerConfiguration, image: ImageSummary, hostname: String) -> [String] {
        var standard = ["PATH=\(standardPath)", "HOSTNAME=\(hostname)"]
        if wanted.terminal { standard.append("TERM=xterm") }
        return merge([standard, image.environment, wanted.environment])
    }

    /// Later settings of a variable replace earlier ones in their place; `NAME` alone removes it.
    static func merge(_ layers: [[String]]) -> [String] {
        var order: [Substring] = []
        var values: [Substring: String] = [:]
        for entry in layers.joined() {
            let name = entry.prefix { $0 != "=" }
            if name.endIndex == entry.endIndex {
                values[name] = nil
            } else {
                if values.updateValue(entry, forKey: name) == nil, !order.contains(name) { order.append(name) }
            }
        }
        return order.compactMap { values[$0] }
    }
}
