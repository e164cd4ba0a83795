import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

@Suite struct RunDirectoryTests {
    @Test func whatNobodyHoldsIsRemoved() throws {
        let scratch = try ScratchDirectory("run")
        let parent = scratch.path + "/run"
        let first = try RunDirectory(in: parent)
        try FileManager.default.createDirectory(atPath: parent + "/engine-left/logs", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: parent + "/other", withIntermediateDirectories: true)
        symlink("/etc", parent + "/engine-link")
        let second = try RunDirectory(in: parent)
        let found = try Set(FileManager.default.contentsOfDirectory(atPath: parent))
        #expect(found == [first.name, second.name, "other", "engine-link"])
        second.remove()
        #expect(access(second.path, F_OK) != 0 && access(first.path, F_OK) == 0 && access("/etc/passwd", F_OK) == 0)
    }

    /// The janitor clears up; when it is the one that is killed, the engine does it.
    @Test func theEndOfTheJanitorLeavesNothing() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start("sleep", "1000") { $0.resources.memory = 64 << 20 }
        let waiting = Task { try await fixture.engine.waitContainer(id) }
        let janitor = try #require(ProcessStatus(pid: fixture.engine.harbour.pid)?.parent)
        kill(janitor, SIGKILL)
        #expect(try await waiting.value.code == 137)
        await fixture.engine.shutdown()
        #expect(access(fixture.engine.runDirectory, F_OK) != 0)
        let name = fixture.engine.runDirectory.split(separator: "/").last ?? ""
        #expect(LimitTests.groups(named: "kijabi-\(name)").isEmpty)
    }
}
