import Glibc
import Testing

@testable import ContainerEngine

@Suite struct ContainerIdentityTests {
    private static let passwd = "root:x:0:0:root:/root:/bin/sh\npostgres:x:999:998::/:/bin/sh\nbroken\nx:y:z:w\n"
    private static let group = "root:x:0:\ncrew:x:2000:postgres\n"

    @Test(
        "A user and a group are found by name and by number",
        arguments: [
            ("postgres", 999, 998), ("999", 999, 998), ("postgres:crew", 999, 2000), ("postgres:7", 999, 7),
            ("1000", 1000, 0), ("1000:1000", 1000, 1000), ("root", 0, 0), ("", 0, 0), (":crew", 0, 2000),
        ] as [(String, UInt32, UInt32)])
    func found(text: String, user: UInt32, group: UInt32) {
        let identity = ContainerIdentity.find(text, passwd: { Self.passwd }, group: { Self.group })
        #expect(identity == ContainerIdentity(user: user, group: group))
    }

    @Test("What is nobody's name is nobody", arguments: ["nobody", "postgres:nogroup", "x", "4294967295", "-1"])
    func unknown(text: String) {
        #expect(ContainerIdentity.find(text, passwd: { Self.passwd }, group: { Self.group }) == nil)
    }

    @Test("The accounts of the topmost layer that has any count, and a link in a layer leads nowhere outside")
    func layers() throws {
        let directory = try ScratchDirectory("identity")
        let (top, bottom) = (directory.path + "/top", directory.path + "/bottom")
        for layer in [top, bottom] { try ContainerEngine.makeDirectory(layer + "/etc") }
        func put(_ text: String, _ path: String) throws { try StoredFile(creating: path).write(Array(text.utf8)) }
        try put("sailor:x:7:8:::\n", bottom + "/etc/passwd")
        #expect(ContainerIdentity.find("sailor", in: [top, bottom]) == ContainerIdentity(user: 7, group: 8))
        try put("sailor:x:9:9:::\n", top + "/etc/passwd")
        #expect(ContainerIdentity.find("sailor", in: [top, bottom]) == ContainerIdentity(user: 9, group: 9))
        // The machine's own root is in its /etc/passwd, and not to be found there.
        let hostile = directory.path + "/hostile"
        try ContainerEngine.makeDirectory(hostile)
        #expect(symlink("/etc", hostile + "/etc") == 0)
        #expect(ContainerIdentity.find("daemon", in: [hostile]) == nil)
    }
}
