/// The content of a container's hosts(5). Pure.
struct HostsFile {
    private(set) var text: String

    /// What docker writes into every one.
    init() {
        text = """
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::\tip6-localnet
            ff00::\tip6-mcastprefix
            ff02::1\tip6-allnodes
            ff02::2\tip6-allrouters

            """
    }

    /// A file as it is, whoever wrote it.
    init(_ text: String) { self.text = text }

    /// - Parameter names: separated by spaces.
    mutating func add(_ address: String, _ names: String) {
        if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
        text += "\(address)\t\(names)\n"
    }

    /// Takes the line out that `add` wrote; no other.
    mutating func remove(_ address: String, _ names: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        text = lines.filter { $0 != "\(address)\t\(names)" }.joined(separator: "\n")
    }
}
