import ContainerRuntime
import Glibc
import Testing

@testable import ContainerEngine

@Suite(.serialized) struct LifecycleTests {
    @Test func exitCodesAndOutputComeBack() async throws {
        let fixture = try await EngineFixture()
        let result = try await fixture.run("sh", "-c", "echo out; echo err >&2; exit 3")
        #expect(result.status == ProcessExit(code: 3))
        #expect(result.output == "out\n")
        #expect(result.error == "err\n")
        let killed = try await fixture.run("sh", "-c", "sh -c 'kill -9 $$'; exit $?")
        #expect(killed.status.code == 137)
        await fixture.engine.shutdown()
    }

    @Test func programsThatCannotBeExecuted() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.create(["nonesuch"])
        await #expect(throws: RuntimeError.commandNotFound("nonesuch")) { try await fixture.engine.startContainer(id) }
        #expect(try await fixture.engine.containerStatus(id).exit?.code == 127)
        let other = try await fixture.create(["/etc/passwd"])
        await #expect(throws: RuntimeError.commandNotExecutable("/etc/passwd", errno: EACCES)) {
            try await fixture.engine.startContainer(other)
        }
        #expect(try await fixture.engine.containerStatus(other).exit?.code == 126)
        await fixture.engine.shutdown()
    }

    @Test func stopAsksFirstAndKillsThen() async throws {
        let fixture = try await EngineFixture()
        let polite = try await fixture.start("sh", "-c", "trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done")
        for await line in try await fixture.engine.logs(polite, LogOptions(follow: true)) where line.bytes.count > 1 {
            break
        }
        try await fixture.engine.stopContainer(polite, grace: .seconds(10))
        #expect(try await fixture.engine.containerStatus(polite).exit == ProcessExit(code: 7))
        let stubborn = try await fixture.start("sleep", "1000")
        let clock = ContinuousClock()
        let begin = clock.now
        try await fixture.engine.stopContainer(stubborn, grace: .milliseconds(100))
        #expect(clock.now - begin >= .milliseconds(100))
        #expect(try await fixture.engine.containerStatus(stubborn).exit == ProcessExit(code: 137, signal: SIGKILL))
        await fixture.engine.shutdown()
    }

    @Test func anExitedContainerStartsAgainWithItsFiles() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.create([
            "sh", "-c", "cat /data; echo x >> /data; rm -r /var; mkdir -p /a/b; mv /a /c",
        ])
        for expected in ["", "x\n"] {
            try await fixture.engine.startContainer(id)
            let status = try await fixture.engine.waitContainer(id)
            _ = status
            let text = try await fixture.logs(id).output
            #expect(text == expected)
        }
        await fixture.engine.shutdown()
    }
}
