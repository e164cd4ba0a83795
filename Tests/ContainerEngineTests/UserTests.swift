import ContainerRuntime
import LinuxKernel
import Testing

@testable import ContainerEngine

/// Containers whose processes are not root: with many ids, and with the single one that an ordinary user may have.
@Suite struct UserTests {
    @Test("A container runs as the user it is told, by name and by number", arguments: ["sailor", "1000:1000", "7:8"])
    func user(text: String) async throws {
        let fixture = try await EngineFixture()
        let wanted = text == "sailor" ? ("1000", "1000") : text == "7:8" ? ("7", "8") : ("1000", "1000")
        let output = try await fixture.shell("id -u; id -g; touch /dev/shm/mine && stat -c %u /dev/shm/mine") {
            $0.user = text
        }
        #expect(output.split(separator: "\n").map(String.init) == [wanted.0, wanted.1, wanted.0])
    }

    @Test("Where there is one id only, it is that user, and the image's files are that user's")
    func onlyID() async throws {
        let fixture = try await EngineFixture()
        let map = try await fixture.shell("cat /proc/self/uid_map; stat -c %u /bin/busybox /etc") { $0.user = "sailor" }
        let words = map.split { $0.isWhitespace }.map(String.init)
        #expect(
            words
                == (fixture.engine.harbour.idCount == 1
                    ? ["1000", "0", "1", "1000", "1000"] : ["0", "0", "65536", "0", "0"]))
        // Root is what it always was.
        let root = try await fixture.shell("cat /proc/self/uid_map")
        #expect(root.split { $0.isWhitespace }.map(String.init) == ["0", "0", "\(fixture.engine.harbour.idCount)"])
    }

    @Test("Such a container has no capabilities, and no way back to root")
    func powerless() async throws {
        let fixture = try await EngineFixture()
        let output = try await fixture.shell(
            "grep CapEff /proc/self/status; mount -t tmpfs x /tmp 2>/dev/null || echo no"
        ) {
            $0.user = "sailor"
        }
        #expect(output.hasSuffix("0000000000000000\nno"))
    }

    @Test("Another user is entered where there is one, and refused in words where there is none")
    func exec() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start("sleep", "1d") { $0.user = "sailor" }
        #expect(try await fixture.exec(id, "id", "-u").output == "1000\n")
        #expect(try await fixture.engine.processes(id).first?.innerUid == 1000)
        if fixture.engine.harbour.idCount > 1 {
            #expect(try await fixture.exec(id, "id", "-u") { $0.user = "root" }.output == "0\n")
        } else {
            do {
                _ = try await fixture.exec(id, "id") { $0.user = "root" }
                Issue.record("root was let in")
            } catch {
                guard case RuntimeError.invalid("user", let reason) = error else { throw error }
                #expect(reason.contains("has one user only, 1000"))
            }
        }
    }
}
