import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

@Suite(.serialized) struct CrashTests {
    /// What is left of an engine, by the name of its run directory.
    private func leftovers(of name: String, harbour: Int32, containers: [Int32]) -> [String] {
        var left = containers.filter { ProcessStatus(pid: $0)?.command.contains("sleep") == true }.map {
            "process \($0)"
        }
        if ProcessFiles.link("/proc/\(harbour)/ns/net") != nil { left.append("harbour \(harbour)") }
        let mounts = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
        if mounts.contains(name) { left.append("mount") }
        left += LimitTests.groups(named: "kijabi-\(name)")
        return left
    }

    /// An owner that is killed: a process that holds the only other ends of the zygote's sockets.
    @Test func killingTheOwnerLeavesNothing() async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        var pids: [Int32] = []
        for _ in 0..<5 {
            let id = try await fixture.start("sleep", "1000") { $0.resources.memory = 64 << 20 }
            pids.append(try #require(try await engine.containerStatus(id).pid))
        }
        let name = String(engine.runDirectory.split(separator: "/").last ?? "")
        #expect(!leftovers(of: name, harbour: engine.harbour.pid, containers: pids).isEmpty)
        // What the kernel does to the descriptors of a process that is killed.
        engine.harbour.end()
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(1)
        var left: [String] = []
        repeat {
            left = leftovers(of: name, harbour: engine.harbour.pid, containers: pids)
            if FileManager.default.fileExists(atPath: engine.runDirectory) { left.append(engine.runDirectory) }
            if left.isEmpty { break }
            try await Task.sleep(for: .milliseconds(20))
        } while clock.now < deadline
        #expect(left.isEmpty)
        await engine.shutdown()
    }

    /// The harbour's own first process killed: everything that waits hears of it.
    @Test func killingTheHarbourIsNoticed() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start("sleep", "1000")
        let waiting = Task { try await fixture.engine.waitContainer(id) }
        kill(fixture.engine.harbour.pid, SIGKILL)
        #expect(try await waiting.value.code == 137)
        let other = try await fixture.create(["true"])
        await #expect(throws: RuntimeError.self) { try await fixture.engine.startContainer(other) }
        await fixture.engine.shutdown()
        #expect(!FileManager.default.fileExists(atPath: fixture.engine.runDirectory))
    }

    @Test func twoHundredCyclesLeaveNoTrace() async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        func count() -> (own: Int, zygote: Int, mounts: Int) {
            let own = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
            let zygote =
                (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(engine.harbour.pid)/fd").count) ?? 0
            let mounts = (try? String(contentsOfFile: "/proc/\(engine.harbour.pid)/mounts", encoding: .utf8)) ?? ""
            return (own, zygote, mounts.split(separator: "\n").count)
        }
        for _ in 0..<10 { _ = try await fixture.run("true") }
        let before = count()
        for round in 0..<50 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<4 {
                    group.addTask {
                        let result = try await fixture.run("sh", "-c", "echo \(round); exit \(index)")
                        #expect(result.status.code == Int32(index))
                        #expect(result.output == "\(round)\n")
                    }
                }
                try await group.waitForAll()
            }
        }
        let after = count()
        #expect(after.mounts == before.mounts)
        // The pool of namespaces may be filled differently at the two moments: four descriptors a set.
        #expect(after.zygote <= before.zygote + 32)
        #expect(after.own <= before.own + 8)
        #expect(await engine.containers().isEmpty)
        let left = try FileManager.default.contentsOfDirectory(atPath: engine.runDirectory + "/logs")
        #expect(left.isEmpty)
        await engine.shutdown()
    }

    @Test func aHundredAtOnce() async throws {
        let fixture = try await EngineFixture()
        let clock = ContinuousClock()
        let begin = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { _ = try await fixture.start("sleep", "1000") } }
            try await group.waitForAll()
        }
        let ready = clock.now
        let all = await fixture.engine.containers()
        #expect(all.count == 100 && all.allSatisfy { $0.state == .running })
        for container in all { try await fixture.engine.signalContainer(container.id, signal: SIGKILL) }
        for container in all { #expect(try await fixture.engine.waitContainer(container.id).code == 137) }
        print("100 containers: started in \(ready - begin), ended in \(clock.now - ready)")
        await fixture.engine.shutdown()
    }
}

/// A real owner and a real SIGKILL: this program runs itself with one test that starts containers and waits to be killed.
@Suite(.serialized) struct KilledOwnerTests {
    private static let variable = "KIJABI_TEST_VICTIM"

    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment[variable] != nil,
            "nothingIsLeftASecondAfterAKill runs it in a process of its own"))
    func victim() async throws {
        let report = try #require(ProcessInfo.processInfo.environment[Self.variable])
        let fixture = try await EngineFixture()
        var lines = [fixture.directory.path, fixture.engine.runDirectory, "\(fixture.engine.harbour.pid)"]
        for _ in 0..<5 {
            let id = try await fixture.start("sleep", "1000") { $0.resources.memory = 64 << 20 }
            lines.append("\(try #require(try await fixture.engine.containerStatus(id).pid))")
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: report), options: .atomic)
        try await Task.sleep(for: .seconds(60))
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment[variable] == nil))
    func nothingIsLeftASecondAfterAKill() async throws {
        let scratch = try ScratchDirectory("victim")
        let report = scratch.path + "/report"
        let victim = Process()
        victim.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        victim.arguments = ["--testing-library", "swift-testing", "--filter", "KilledOwnerTests/victim"]
        victim.environment = ProcessInfo.processInfo.environment.merging([Self.variable: report]) { $1 }
        victim.standardOutput = FileHandle.nullDevice
        victim.standardError = FileHandle.nullDevice
        try victim.run()
        while !FileManager.default.fileExists(atPath: report), victim.isRunning {
            try await Task.sleep(for: .milliseconds(10))
        }
        let lines = try String(contentsOfFile: report, encoding: .utf8).split(separator: "\n").map(String.init)
        defer { try? FileManager.default.removeItem(atPath: lines[0]) }
        let name = String(lines[1].split(separator: "/").last ?? "")
        let pids = lines.dropFirst(2).compactMap { Int32($0) }
        #expect(pids.count == 6)
        for pid in pids { #expect(kill(pid, 0) == 0 || errno == EPERM) }
        kill(victim.processIdentifier, SIGKILL)
        victim.waitUntilExit()
        let deadline = ContinuousClock.now + .seconds(1)
        var left: [String] = []
        repeat {
            left = pids.filter { ProcessFiles.link("/proc/\($0)/ns/mnt") != nil }.map { "process \($0)" }
            left += LimitTests.groups(named: "kijabi-\(name)")
            if FileManager.default.fileExists(atPath: lines[1]) { left.append(lines[1]) }
            if left.isEmpty { break }
            try await Task.sleep(for: .milliseconds(20))
        } while ContinuousClock.now < deadline
        #expect(left.isEmpty)
    }
}
