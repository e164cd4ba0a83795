import Testing

@testable import ContainerEngine

@Suite struct ControlFileTests {
    private static let database = """
        Package: bash
        Essential: yes
        Status: install ok installed
        Architecture: amd64
        Version: 5.2.15-2+b12
        Pre-Depends: libc6 (>= 2.36), libtinfo6 (>= 6)
        Depends: base-files (>= 2.1.12), debianutils (>= 5.6-0.1)
        Conffiles:
         /etc/bash.bashrc 89269e1298235f1b12b4c16e4065ad0d
         /etc/skel/.profile f4e81ade7d6f9fb342541152d08e7a97 obsolete
        Description: GNU Bourne Again SHell
         Depends: is a word here, not a field.

        Package: gone
        Status: deinstall ok config-files
        Architecture: all
        Version: 1

        Package: mawk
        Status: install ok installed
        Architecture: amd64
        Version: 1:1.3.4.20200120-3.1
        Provides: awk (= 1), other

        """

    @Test("Fields, continued lines and states are read as deb822 says")
    func paragraphs() throws {
        let packages = ControlFile.installedPackages(Array(Self.database.utf8))
        #expect(packages.map(\.name) == ["bash", "mawk"])
        let bash = try #require(packages.first)
        #expect(bash.isEssential)
        #expect(bash.dependencies == [["libc6"], ["libtinfo6"], ["base-files"], ["debianutils"]])
        #expect(
            bash.configurationFiles == [
                "/etc/bash.bashrc": "89269e1298235f1b12b4c16e4065ad0d",
                "/etc/skel/.profile": "f4e81ade7d6f9fb342541152d08e7a97",
            ])
        #expect(bash.paragraph.hasPrefix("Package: bash\n") && bash.paragraph.contains("not a field.\n"))
        #expect(packages[1].provides == ["awk", "other"])
        #expect(packages[1].upstreamVersion == "1.3.4.20200120")
    }

    @Test(
        "Relations keep the names and drop versions, architectures and blanks",
        arguments: [
            ("", []),
            ("libc6 (>= 2.36)", [["libc6"]]),
            ("a | b (<< 2) | c:any,\n d", [["a", "b", "c"], ["d"]]),
            (" , |", []),
        ] as [(String, [[String]])])
    func relations(text: String, names: [[String]]) {
        #expect(ControlFile.alternatives(text) == names)
    }

    @Test("Names that would lead out of dpkg's directory are no packages")
    func hostileNames() {
        for name in ["../../etc/passwd", ".", "", "a/b", "a b", "A"] {
            let text = "Package: \(name)\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n"
            #expect(ControlFile.installedPackages(Array(text.utf8)).isEmpty, "\(name)")
        }
    }

    @Test("Whatever the bytes are, they are read to the end, and what is found could be a package")
    func fuzz() {
        var generator = SeededGenerator(seed: 822)
        let original = Array(Self.database.utf8)
        var found = 0
        for _ in 0..<2_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8(ascii: "\n"), at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 40))
                }
            }
            for package in ControlFile.installedPackages(bytes) {
                found += 1
                #expect(!package.name.contains("/") && !package.name.hasPrefix(".") && !package.name.isEmpty)
                #expect(package.configurationFiles.keys.allSatisfy { $0.hasPrefix("/") })
            }
        }
        #expect(found > 500)
    }
}
