import ContainerRuntime
import Glibc

/// What dpkg has installed on this machine (dpkg(1), FILES).
struct PackageDatabase: Sendable {
    /// `/var/lib/dpkg`
    let directory: String
    private let packages: [String: [Package]]
    private let providers: [String: [Package]]
    private let diversions: [String: Diversion]

    private struct Diversion {
        var target: String
        var package: String
    }

    /// - Parameter packages: further ones, which come before those that are installed.
    init(directory: String, packages: [Package], diversions: [UInt8] = []) {
        self.directory = directory
        self.packages = Dictionary(grouping: packages, by: \.name)
        var providers: [String: [Package]] = [:]
        for package in packages { for name in package.provides { providers[name, default: []].append(package) } }
        self.providers = providers
        // Three lines each: the path, where it went, and for which package.
        let lines = String(decoding: diversions, as: UTF8.self).split(separator: "\n").map(String.init)
        var diverted: [String: Diversion] = [:]
        for index in stride(from: 0, to: lines.count - lines.count % 3, by: 3) {
            diverted[lines[index]] = Diversion(target: lines[index + 1], package: lines[index + 2])
        }
        self.diversions = diverted
    }

    /// Reads the database.
    /// - Throws: `.unavailable` on a machine without dpkg.
    static func read(_ directory: String = "/var/lib/dpkg") throws(RuntimeError) -> PackageDatabase {
        guard access(directory + "/status", R_OK) == 0 else {
            throw .unavailable(
                reason: "this machine has no packages of Debian's kind (there is no \(directory)/status)")
        }
        let status = try StoredFile(reading: directory + "/status").readAll()
        let diversions =
            access(directory + "/diversions", R_OK) == 0
            ? try StoredFile(reading: directory + "/diversions").readAll() : []
        return PackageDatabase(
            directory: directory, packages: ControlFile.installedPackages(status), diversions: diversions)
    }

    /// Differs whenever the database does.
    static func version(_ directory: String = "/var/lib/dpkg") -> String {
        var information = stat()
        guard stat(directory + "/status", &information) == 0 else { return "" }
        return "\(information.st_ino):\(information.st_mtim.tv_sec).\(information.st_mtim.tv_nsec)"
    }

    var all: [Package] { packages.values.flatMap { $0 } }

    /// The package of that name, of this machine's own architecture where there are several.
    func package(_ name: String) -> Package? { Self.native(packages[name]) }

    /// The package that fulfils a dependency on `name`.
    func provider(_ name: String) -> Package? { package(name) ?? Self.native(providers[name]) }

    private static func native(_ packages: [Package]?) -> Package? {
        packages?.first { $0.architecture == ownArchitecture } ?? packages?.first { $0.architecture == "all" }
    }

    /// As dpkg calls it.
    static var ownArchitecture: String {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }

    /// The packages of those names and all that they need, by name.
    /// - Parameter isLeftOut: packages that are not taken, with all that only they need.
    /// - Returns: also the first names that nothing fulfils.
    func closure(
        _ names: [String], isLeftOut: (String) -> Bool = { _ in false }
    ) -> (packages: [Package], missing: [String]) {
        var taken: [String: Package] = [:]
        var missing: [String] = []
        var waiting = names.map { [$0] }
        while let alternatives = waiting.popLast() {
            if alternatives.contains(where: isLeftOut) { continue }
            guard let package = alternatives.lazy.compactMap({ self.provider($0) }).first else {
                missing.append(alternatives[0])
                continue
            }
            if isLeftOut(package.name) || taken.updateValue(package, forKey: package.name) != nil { continue }
            waiting += package.dependencies
        }
        return (taken.values.sorted { $0.name < $1.name }, missing.sorted())
    }

    // MARK: Files

    /// Where dpkg keeps a file about a package: `list`, `md5sums`.
    func informationFile(_ package: Package, _ kind: String) -> String? {
        [package.name, "\(package.name):\(package.architecture)"].map { "\(directory)/info/\($0).\(kind)" }
            .first { access($0, R_OK) == 0 }
    }

    /// The absolute paths that belong to a package, parents first.
    func files(of package: Package) throws(RuntimeError) -> [String] {
        guard let list = informationFile(package, "list") else {
            throw .system(stage: "read list of files", errno: ENOENT, path: "\(directory)/info/\(package.name).list")
        }
        let bytes = try StoredFile(reading: list).readAll()
        return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
            .filter { $0.hasPrefix("/") && $0 != "/." && !$0.split(separator: "/").contains("..") }
    }

    /// Where a package's file really is: another package may have had it moved aside (dpkg-divert(1)).
    func place(of path: String, in package: Package) -> String {
        guard let diversion = diversions[path], diversion.package != package.name else { return path }
        return diversion.target
    }
}
