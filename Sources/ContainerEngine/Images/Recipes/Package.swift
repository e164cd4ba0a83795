/// A binary package of Debian or of a distribution that descends from it, as dpkg knows it (deb-control(5)).
struct Package: Sendable, Hashable {
    var name: String
    var version: String
    var architecture: String
    var isEssential = false
    /// `Pre-Depends` and `Depends`: each is fulfilled by any one of its alternatives.
    var dependencies: [[String]] = []
    /// What else it can stand for.
    var provides: [String] = []
    /// Files that belong to whoever administers a machine, with the MD5 of what the package brought.
    var configurationFiles: [String: String] = [:]
    /// Its paragraph, as it stands in the database.
    var paragraph = ""

    /// The upstream part of a version: `15.18` of `15.18-0+deb12u1`, `7.0.15` of `5:7.0.15-1~deb12u10`.
    var upstreamVersion: String {
        var text = version[...]
        if let colon = text.firstIndex(of: ":") { text = text[text.index(after: colon)...] }
        if let hyphen = text.lastIndex(of: "-") { text = text[..<hyphen] }
        return String(text.prefix { $0.isNumber || $0 == "." })
    }
}
