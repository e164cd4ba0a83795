import ContainerRuntime
import Testing

@testable import ContainerEngine

@Suite struct PackageDatabaseTests {
    private static func package(
        _ name: String, needs dependencies: [[String]] = [], provides: [String] = [], version: String = "1"
    ) -> Package {
        Package(
            name: name, version: version, architecture: PackageDatabase.ownArchitecture, dependencies: dependencies,
            provides: provides)
    }

    @Test("A closure follows alternatives and provided names, once, and round circles")
    func closure() {
        let database = PackageDatabase(
            directory: "/nonexistent",
            packages: [
                Self.package("server", needs: [["missing", "library"], ["mail"]]),
                Self.package("library", needs: [["server"], ["deep"]]), Self.package("deep"),
                Self.package("postfix", provides: ["mail"]), Self.package("stranger"),
            ])
        let (packages, missing) = database.closure(["server"])
        #expect(packages.map(\.name) == ["deep", "library", "postfix", "server"])
        #expect(missing.isEmpty)
    }

    @Test("What is left out takes with it what only it needs")
    func leftOut() {
        let database = PackageDatabase(
            directory: "/nonexistent",
            packages: [
                Self.package("server", needs: [["perl"], ["libc"]]), Self.package("perl", needs: [["perl-modules"]]),
                Self.package("perl-modules"), Self.package("libc"),
            ])
        #expect(database.closure(["server"]) { $0 == "perl" }.packages.map(\.name) == ["libc", "server"])
    }

    @Test("What nothing fulfils is named")
    func missing() {
        let database = PackageDatabase(directory: "/nonexistent", packages: [Self.package("a", needs: [["b", "c"]])])
        #expect(database.closure(["a", "z"]).missing == ["b", "z"])
    }

    @Test("A file that another package had moved aside is found where it went")
    func diversions() {
        let text = "/usr/bin/pg_config\n/usr/bin/pg_config.libpq-dev\npostgresql-common\n/cut"
        let database = PackageDatabase(directory: "/nonexistent", packages: [], diversions: Array(text.utf8))
        let path = "/usr/bin/pg_config"
        #expect(database.place(of: path, in: Self.package("libpq-dev")) == "/usr/bin/pg_config.libpq-dev")
        #expect(database.place(of: path, in: Self.package("postgresql-common")) == path)
        #expect(database.place(of: "/usr/bin/psql", in: Self.package("libpq-dev")) == "/usr/bin/psql")
    }

    @Test(
        "Upstream versions, and the tags they give",
        arguments: [
            ("5:7.0.15-1~deb12u10", ["7", "7.0", "7.0.15"]), ("15.18-0+deb12u1", ["15", "15.18"]),
            ("4:12.2.0-3", ["12", "12.2", "12.2.0"]), ("2024a", ["2024"]), ("", []),
        ])
    func versions(version: String, tags: [String]) {
        #expect(PackageImage.versionTags(Self.package("p", version: version).upstreamVersion) == tags)
    }

    @Test("apt-get's plan is read line by line, and what is no archive is passed over")
    func plan() {
        let plan = """
            Reading package lists...
            'http://deb.example/pool/r/redis/redis-tools_7.0.15-1_amd64.deb' redis-tools_5%3a7.0.15-1_amd64.deb 988 SHA256:00
            'http://deb.example/x_1_all.deb' x_1_all.deb ten SHA256:00
            'http://deb.example/--evil_1_all.deb' --evil_1_all.deb 10 SHA256:00
            'http://deb.example/odd.deb' odd.deb 10
            """
        let archives = PackageDownload.archives(in: plan)
        #expect(archives == [.init(name: "redis-tools", version: "5:7.0.15-1", architecture: "amd64", size: 988)])
        #expect(archives.first?.specification == "redis-tools=5:7.0.15-1")
    }

    @Test("The database of this machine has what every machine of its kind has", .enabled(if: hasDpkg))
    func real() throws {
        let database = try PackageDatabase.read()
        let libc = try #require(database.package("libc6"))
        #expect(try database.files(of: libc).contains { $0.hasSuffix("/libc.so.6") })
        #expect(database.closure(["bash"]).packages.contains { $0.name == "libc6" })
        #expect(database.package("bash")?.isEssential == true)
    }

    @Test("Where there is no database, that is said")
    func noDatabase() {
        #expect(
            throws: RuntimeError.unavailable(
                reason: "this machine has no packages of Debian's kind (there is no /nonexistent/status)")
        ) { try PackageDatabase.read("/nonexistent") }
    }

    @Test("MD5 is that of RFC 1321")
    func md5() {
        #expect(MD5.text(of: []) == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(MD5.text(of: Array("message digest".utf8)) == "f96b697d7cb7938d525a2f31aaf161d0")
    }

    @Test(
        "os-release is read with and without quotes",
        arguments: [
            ("ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n", "debian", "12", "bookworm"),
            ("NAME=\"x\"\nbroken\n=\n", "linux", "", ""), ("ID='alpine'\nVERSION_ID=3.19.1", "alpine", "3.19.1", ""),
        ])
    func operatingSystem(text: String, id: String, version: String, codename: String) {
        let system = OperatingSystem(parsing: text)
        #expect(system.id == id && system.versionID == version && system.codename == codename)
    }
}

/// Distributions of other kinds have other databases.
private let hasDpkg = (try? PackageDatabase.read()) != nil
