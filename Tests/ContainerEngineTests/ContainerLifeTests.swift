import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// Restart policies, health, pause, update, statistics and events.
@Suite(.serialized) struct ContainerLifeTests {
    /// The event that `isWanted` wants; listening begins before `action`.
    private func event(
        of engine: ContainerEngine, where isWanted: @escaping @Sendable (EngineEvent) -> Bool,
        after action: () async throws -> Void
    ) async throws -> EngineEvent? {
        let events = await engine.engineEvents(since: nil)
        let found = Task { () -> EngineEvent? in
            for await event in events where isWanted(event) { return event }
            return nil
        }
        try await action()
        return await found.value
    }

    @Test func aFailureIsTriedAgainAsOftenAsAllowed() async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        let id = try await fixture.create(["sh", "-c", "echo again; exit 3"]) {
            $0.restartPolicy = .onFailure(maximumRetries: 2)
        }
        let events = await engine.engineEvents(since: nil)
        let starts = Task {
            var count = 0
            for await event in events {
                if event.action == "start" { count += 1 }
                if event.action == "die", count == 3 { return count }
            }
            return count
        }
        try await engine.startContainer(id)
        #expect(await starts.value == 3)
        // Another `die` with the state after it: nothing waits any more.
        let status = try await engine.containerStatus(id)
        #expect(status.state == .exited)
        #expect(status.restartCount == 2)
        #expect(try await fixture.logs(id).output == "again\nagain\nagain\n")
        let fine = try await fixture.run("true") { $0.restartPolicy = .onFailure(maximumRetries: nil) }
        #expect(fine.status.code == 0)
        await engine.shutdown()
    }

    @Test func whatSomebodyStoppedIsNotStartedAgain() async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        let id = try await fixture.start("sleep", "1000") { $0.restartPolicy = .always }
        let again = try await event(of: engine, where: { $0.action == "start" }) {
            let process = try #require(try await engine.containerStatus(id).pid)
            kill(process, SIGKILL)
        }
        #expect(again?.actor == id)
        try await engine.stopContainer(id, grace: Duration.zero)
        #expect(try await engine.containerStatus(id).state == .exited)
        // While it waits to be started, too.
        let quick = try await fixture.create(["false"]) { $0.restartPolicy = .always }
        try await engine.startContainer(quick)
        _ = try await engine.waitContainer(quick)
        try await engine.removeContainer(quick, force: true)
        #expect(await engine.containers().map(\.id) == [id])
        await engine.shutdown()
    }

    @Test func healthIsFoundOut() async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        var id = ""
        let ill = try await event(of: engine, where: { $0.action == "health_status: unhealthy" }) {
            id = try await fixture.start("sleep", "1000") {
                $0.healthCheck = HealthCheck(
                    test: .shell("echo looking; test -e /tmp/well"), interval: 0.02, timeout: 30, retries: 2)
            }
        }
        #expect(ill?.actor == id)
        let health = try #require(try await engine.containerStatus(id).health)
        #expect(health.failingStreak >= 2)
        #expect(health.log.last?.output == "looking\n")
        #expect(health.log.last?.exitCode == 1)
        let well = try await event(of: engine, where: { $0.action == "health_status: healthy" }) {
            _ = try await fixture.exec(id, "touch", "/tmp/well")
        }
        #expect(well?.attributes["image"] == "busybox")
        #expect(try await engine.containerStatus(id).health?.failingStreak == 0)
        await engine.shutdown()
    }

    @Test func aCheckThatHangsHasFailed() async throws {
        let fixture = try await EngineFixture()
        let ill = try await event(of: fixture.engine, where: { $0.action == "health_status: unhealthy" }) {
            _ = try await fixture.start("sleep", "1000") {
                $0.healthCheck = HealthCheck(
                    test: .command(["sleep", "1000"]), interval: 0.02, timeout: 0.05, retries: 1)
            }
        }
        let status = try await fixture.engine.containerStatus(try #require(ill).actor)
        #expect(status.health?.log.first?.exitCode == -1)
        #expect(status.health?.log.first?.output.hasPrefix("Health check exceeded timeout") == true)
        await fixture.engine.shutdown()
    }

    @Test(arguments: [Resources(), Resources(memory: 64 << 20)])
    func aPausedContainerStandsStill(_ resources: Resources) async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        let id = try await fixture.start("sh", "-c", "while :; do :; done") { $0.resources = resources }
        try await engine.pauseContainer(id)
        #expect(try await engine.containerStatus(id).state == .paused)
        let before = try await engine.statistics(id).processor.usedSeconds
        await KernelThread.run("wait") { _ = usleep(200_000) }
        #expect(try await engine.statistics(id).processor.usedSeconds - before < 0.05)
        await #expect(throws: RuntimeError.self) { _ = try await fixture.exec(id, "true") }
        await #expect(throws: RuntimeError.self) { try await engine.pauseContainer(id) }
        try await engine.unpauseContainer(id)
        #expect(try await fixture.exec(id, "echo", "on").output == "on\n")
        try await engine.pauseContainer(id)
        // A frozen process cannot die; it is let go for that.
        try await engine.removeContainer(id, force: true)
        #expect(await engine.containers().isEmpty)
        await engine.shutdown()
    }

    @Test func limitsOfARunningContainerAreChanged() async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        let id = try await fixture.start("sh", "-c", "read x; exec tail /dev/zero") { $0.openInput = true }
        #expect(try await engine.statistics(id).isEstimated)
        var update = ContainerUpdate()
        update.memory = 32 << 20
        try await engine.updateContainer(id, update)
        let status = try await engine.containerStatus(id)
        #expect(status.resources.memory == 32 << 20)
        #expect(try await engine.statistics(id).memory.limit == 32 << 20)
        // Without a reader of its input it would wait; its end is the kernel's, or the watcher's, doing.
        let pipe = try LinuxKernel.Pipe()
        let session = try await engine.attach(id, streams: StreamDescriptors(input: pipe.readEnd.number))
        _ = Glibc.write(pipe.writeEnd.number, "\n", 1)
        let exit = try await engine.waitContainer(id)
        #expect(exit.code == 137)
        #expect(exit.outOfMemory)
        await session.detach()
        await engine.shutdown()
    }

    @Test func aQuotaIsSeenInTheStatistics() async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        let id = try await fixture.start("sh", "-c", "while :; do :; done") { $0.resources.cpus = 0.1 }
        var samples: [ContainerStatistics] = []
        for await sample in try await engine.statistics(id, every: .milliseconds(200)) {
            samples.append(sample)
            if samples.count == 6 { break }
        }
        let first = try #require(samples.first)
        let last = try #require(samples.last)
        #expect(last.processor.throttledPeriods > first.processor.throttledPeriods)
        #expect(last.processor.throttledSeconds > 0)
        // A tenth was asked for; unlimited it would be near a hundred.
        #expect(last.processorPercent(since: first) < 50)
        #expect(last.processes == 1)
        try await engine.removeContainer(id, force: true)
        await #expect(throws: RuntimeError.self) { _ = try await engine.statistics(id) }
        await engine.shutdown()
    }

    @Test func eventsAreRememberedAndTold() async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        let id = try await fixture.start("sleep", "1000") {
            $0.name = "first"
            $0.labels = ["role": "test"]
        }
        try await engine.renameContainer(id, to: "second")
        await #expect(throws: RuntimeError.self) { try await engine.renameContainer(id, to: "second") }
        try await engine.killContainer(id, signal: SIGKILL)
        _ = try await engine.waitContainer(id, until: .notRunning)
        try await engine.removeContainer(id, force: false)
        await #expect(throws: RuntimeError.self) { try await engine.containerStatus("second") }
        let past = await engine.engineEvents(since: 0)
        await engine.shutdown()
        var told: [EngineEvent] = []
        for await event in past { told.append(event) }
        #expect(told.map(\.action) == ["create", "start", "rename", "kill", "die", "destroy"])
        #expect(told.allSatisfy { $0.kind == .container && $0.actor == id && $0.attributes["role"] == "test" })
        #expect(told[2].attributes["oldName"] == "/first")
        #expect(told[4].attributes["exitCode"] == "137")
    }

    @Test func furtherProcessesAreToldOfFromBeginningToEnd() async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        let id = try await fixture.start("sleep", "1000")
        let events = await engine.engineEvents(since: nil)
        _ = try await fixture.exec(id, "sh", "-c", "exit 3")
        _ = try? await fixture.exec(id, "nothing-like-that")
        var told: [EngineEvent] = []
        for await event in events {
            told.append(event)
            if told.count == 4 { break }
        }
        #expect(
            Set(told.map(\.action)) == [
                "exec_create: sh -c exit 3", "exec_start: sh -c exit 3", "exec_die", "exec_create: nothing-like-that",
            ])
        #expect(Array(told.map(\.action).prefix(2)) == ["exec_create: sh -c exit 3", "exec_start: sh -c exit 3"])
        let end = try #require(told.first { $0.action == "exec_die" })
        #expect(end.attributes["exitCode"] == "3" && end.attributes["execID"]?.count == 64)
        #expect(end.attributes["execID"] == told[0].attributes["execID"])
        #expect(told[1].attributes["execID"] == told[0].attributes["execID"])
        await engine.shutdown()
    }

    /// Two engines with one store, as two kijabis of one user have it.
    @Test func aVolumeThatAnotherProcessUsesIsNotRemoved() async throws {
        let first = try await EngineFixture()
        let second = try await EngineFixture(sharing: first.directory)
        let mount = Mount(source: .volume(name: "shared"), target: "/v")
        let id = try await first.create(["sh", "-c", "echo kept > /v/file"]) { $0.mounts = [mount] }
        try await first.engine.startContainer(id)
        _ = try await first.engine.waitContainer(id)
        let refused = RuntimeError.volumeInUse(name: "shared", by: nil)
        await #expect(throws: refused) { try await second.engine.removeVolume("shared") }
        #expect(try await second.shell("cat /v/file") { $0.mounts = [mount] } == "kept")
        let other = try await second.create(["true"]) { $0.mounts = [mount] }
        try await first.engine.removeContainer(id, force: true)
        await #expect(throws: refused) { try await first.engine.removeVolume("shared") }
        await #expect(throws: RuntimeError.volumeInUse(name: "shared", by: other)) {
            try await second.engine.removeVolume("shared")
        }
        // A process that is gone holds nothing.
        await second.engine.shutdown()
        try await second.engine.removeContainer(other, force: true)
        try await first.engine.removeVolume("shared")
        let left = FileManager.default.subpaths(atPath: first.directory.path + "/data/volumes") ?? []
        #expect(!left.contains { $0.hasSuffix("shared") }, "\(left)")
        await first.engine.shutdown()
    }

    @Test func waitersOfRemovalAreTold() async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        let id = try await fixture.create(["sh", "-c", "exit 5"]) { $0.removeOnExit = true }
        let removal = Task { try await engine.waitContainer(id, until: .removed).code }
        try await engine.startContainer(id)
        #expect(try await removal.value == 5)
        #expect(await engine.containers().isEmpty)
        await engine.shutdown()
    }
}
