import ContainerRuntime
import Glibc

/// Brings packages that are not installed from the distribution's package source, without installing them: apt-get finds,
/// downloads and verifies them, as whoever runs this; dpkg-deb unpacks them into directories of their own.
struct PackageDownload {
    struct Unpacked {
        var package: Package
        /// The directory that stands for `/`.
        var root: String
    }

    private static let apt = "/usr/bin/apt-get"
    private static let dpkg = "/usr/bin/dpkg-deb"

    static var isPossible: Bool { HostProgram.exists(apt) && HostProgram.exists(dpkg) }

    /// The image that is being made, for whoever listens to its progress.
    let image: String
    /// An empty directory.
    let directory: String

    /// - Returns: the packages of those names and what they need, as far as they are not installed.
    /// - Throws: `.unavailable` with apt's own reason.
    func fetch(_ names: [String], isLeftOut: (String) -> Bool) throws(RuntimeError) -> [Unpacked] {
        guard Self.isPossible else { throw .unavailable(reason: "there is no apt-get here") }
        for name in ["archives", "archives/partial", "lists", "lists/partial", "roots"] {
            try ContainerEngine.makeDirectory("\(directory)/\(name)")
        }
        let plan = try plan(names)
        let archives = Self.archives(in: plan.text).filter { !isLeftOut($0.name) }
        guard !archives.isEmpty else { throw .unavailable(reason: "apt-get would download nothing") }
        let total = archives.reduce(0) { $0 + $1.size }
        let listener = ImageProgress.listener
        let result = try HostProgram(path: Self.apt, directory: directory + "/archives").run(
            plan.options + ["download"] + archives.map(\.specification)
        ) {
            let done = Self.bytes(in: directory + "/archives") + Self.bytes(in: directory + "/archives/partial")
            listener?(
                ImageProgress(image: image, stage: .downloadingPackages, completed: min(done, total), total: total))
        }
        guard result.status == 0 else { throw Self.refusal(result.error) }
        var unpacked: [Unpacked] = []
        for file in Self.files(in: directory + "/archives").sorted() where file.hasSuffix(".deb") {
            unpacked.append(try unpack(directory + "/archives/" + file))
        }
        return unpacked
    }

    private var options: [String] {
        [
            "-q", "-y", "-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=", "-o",
            "APT::Get::AllowUnauthenticated=false",
            "-o", "Dir::Cache=\(directory)", "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10",
            "-o", "Acquire::https::Timeout=10", "--no-install-recommends",
        ]
    }

    /// What apt-get would download, and the options with which it knew.
    private func plan(_ names: [String]) throws(RuntimeError) -> (text: String, options: [String]) {
        let apt = HostProgram(path: Self.apt)
        let first = try apt.run(options + ["--print-uris", "install"] + names)
        if first.status == 0 { return (first.output, options) }
        // This machine may never have read its lists, and only root may change them: lists of our own, then.
        let lists = ["-o", "Dir::State::lists=\(directory)/lists", "-o", "APT::Update::Error-Mode=any"]
        let update = try apt.run(options + lists + ["update"])
        guard update.status == 0 else { throw Self.refusal(update.error) }
        let second = try apt.run(options + lists + ["--print-uris", "install"] + names)
        guard second.status == 0 else { throw Self.refusal(second.error) }
        return (second.output, options + lists)
    }

    struct Archive: Equatable {
        var name: String
        var version: String
        var architecture: String
        var size: Int
        var specification: String { "\(name)=\(version)" }
    }

    /// Lines such as `'http://…/libfoo1_1%3a2.0-1_amd64.deb' libfoo1_1%3a2.0-1_amd64.deb 5236 SHA256:…`
    static func archives(in plan: String) -> [Archive] {
        plan.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard line.hasPrefix("'"), words.count >= 3, words[1].hasSuffix(".deb"), let size = Int(words[2]), size >= 0
            else { return nil }
            let parts = words[1].dropLast(4).split(separator: "_")
            guard parts.count == 3, parts[0].first != "-" else { return nil }
            let version = parts[1].split(separator: "%3a", omittingEmptySubsequences: false).joined(separator: ":")
            return Archive(
                name: String(parts[0]), version: version, architecture: String(parts[2]), size: size)
        }
    }

    private func unpack(_ archive: String) throws(RuntimeError) -> Unpacked {
        let dpkg = HostProgram(path: Self.dpkg)
        let control = try dpkg.run(["--field", archive])
        guard control.status == 0, let package = ControlFile.package(Array(control.output.utf8)) else {
            throw .unavailable(reason: "\(archive) is not a package")
        }
        let root = "\(directory)/roots/\(package.name)"
        try ContainerEngine.makeDirectory(root)
        let result = try dpkg.run(["--extract", archive, root])
        guard result.status == 0 else { throw Self.refusal(result.error) }
        unlink(archive)
        return Unpacked(package: package, root: root)
    }

    /// The first thing that apt or dpkg complained about.
    private static func refusal(_ text: String) -> RuntimeError {
        let lines = text.split(separator: "\n").map(String.init)
        let line = lines.first { $0.hasPrefix("E:") } ?? lines.first { $0.hasPrefix("W:") } ?? lines.first
        return .unavailable(reason: "the package source did not help (\(line ?? "no reason given"))")
    }

    private static func files(in directory: String) -> [String] {
        guard let opened = opendir(directory) else { return [] }
        defer { closedir(opened) }
        var names: [String] = []
        while let entry = readdir(opened) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }

    private static func bytes(in directory: String) -> Int {
        files(in: directory).reduce(0) { sum, name in
            var information = stat()
            guard lstat(directory + "/" + name, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
                return sum
            }
            return sum + information.st_size
        }
    }
}
