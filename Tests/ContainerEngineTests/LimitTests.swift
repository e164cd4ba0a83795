import ContainerRuntime
import Foundation
import LinuxKernel
import Testing

@testable import ContainerEngine

/// The same limits, held by control groups where the tests may make some, and watched where they may not.
@Suite(.serialized) struct LimitTests {
    @Test func takingTooMuchMemoryEndsInAKill() async throws {
        let fixture = try await EngineFixture()
        let oom = Task {
            for await event in await fixture.engine.events() where event.kind == .oom { return event.containerID }
            return ""
        }
        let id = try await fixture.start("sh", "-c", "exec tail /dev/zero") { $0.resources.memory = 32 << 20 }
        let status = try await fixture.engine.waitContainer(id)
        #expect(status == ProcessExit(code: 137, signal: 9, outOfMemory: true))
        #expect(await oom.value == id)
        #expect(try await fixture.engine.containerStatus(id).resources.memory == 32 << 20)
        let fine = try await fixture.run("true") { $0.resources.memory = 32 << 20 }
        #expect(fine.status == ProcessExit(code: 0))
        await fixture.engine.shutdown()
    }

    @Test func aKillIsToldWhenItHappensAndOnce() async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        let events = await engine.engineEvents(since: nil)
        // Its first process outlives the one that takes too much.
        let id = try await fixture.start("sh", "-c", "tail /dev/zero; exec sleep 1d") {
            $0.resources.memory = 32 << 20
        }
        var told: [String] = []
        for await event in events {
            told.append(event.action)
            if event.action == "oom" { break }
        }
        #expect(told == ["create", "start", "oom"])
        #expect(try await engine.containerStatus(id).state == .running)
        try await engine.removeContainer(id, force: true)
        let past = await engine.engineEvents(since: 0)
        await engine.shutdown()
        var count = 0
        for await event in past where event.action == "oom" { count += 1 }
        #expect(count == 1)
    }

    @Test func processesAreCounted() async throws {
        let fixture = try await EngineFixture()
        let script = "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 100 & done; echo all"
        let result = try await fixture.run("sh", "-c", script) { $0.resources.pids = 8 }
        #expect(result.status.code != 0)
        #expect(!result.output.contains("all"))
        await fixture.engine.shutdown()
    }

    /// Also where nobody asked for it, and for what is executed later.
    @Test func aForkBombIsContained() async throws {
        let fixture = try await EngineFixture()
        let limit = "grep 'Max processes' /proc/self/limits"
        #expect(try await fixture.shell(limit).split(separator: " ").dropFirst(2).prefix(2) == ["2048", "2048"])
        let id = try await fixture.start("sleep", "1000")
        let inside = try await fixture.exec(id, "sh", "-c", limit).output
        #expect(inside.split(separator: " ").dropFirst(2).prefix(2) == ["2048", "2048"])
        let other = try await fixture.start("sleep", "1000") { $0.resources.pids = 8 }
        let bomb = try await fixture.exec(other, "sh", "-c", "for i in $(seq 20); do sleep 100 & done; echo all")
        #expect(!bomb.output.contains("all"))
        await fixture.engine.shutdown()
    }

    @Test func processorTimeIsLimited() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start("sh", "-c", "while :; do :; done") { $0.resources.cpus = 0.2 }
        try await Task.sleep(for: .milliseconds(1500))
        let process = try #require(try await fixture.engine.processes(id).first)
        // A fifth of 1.5 s is 0.3; unlimited it would be 1.5, on a busy machine less.
        #expect(process.cpuSeconds < 0.75)
        await fixture.engine.shutdown()
    }

    @Test func groupsAreGoneAtTheEnd() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start("sleep", "1000") { $0.resources.memory = 32 << 20 }
        let emulated = try await fixture.engine.containerStatus(id).limitsAreEmulated
        let name = "kijabi-\(fixture.engine.runDirectory.split(separator: "/").last ?? "")"
        #expect(Self.groups(named: name).isEmpty == emulated)
        await fixture.engine.shutdown()
        #expect(Self.groups(named: name).isEmpty)
    }

    static func groups(named name: String) -> [String] {
        ControlGroups().hierarchies.map { "\($0.mountPoint)\($0.own)/\(name)" }
            .filter { FileManager.default.fileExists(atPath: $0) }
    }
}
