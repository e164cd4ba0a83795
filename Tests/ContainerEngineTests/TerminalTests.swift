import ContainerRuntime
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

@Suite(.serialized) struct TerminalTests {
    @Test func aContainerWithATerminal() async throws {
        let fixture = try await EngineFixture()
        let script = "tty; test -t 0 && test -t 1 && echo yes; read line; echo got $line; stty size; read line"
        let id = try await fixture.create(["sh", "-c", script]) {
            $0.terminal = true
            $0.openInput = true
        }
        let input = try LinuxKernel.Pipe()
        let output = try LinuxKernel.Pipe()
        let session = try await fixture.engine.attach(
            id, streams: StreamDescriptors(input: input.readEnd.number, output: output.writeEnd.number))
        await session.resize(columns: 80, rows: 24)
        try await fixture.engine.startContainer(id)
        await session.resize(columns: 101, rows: 37)
        // The terminal echoes what is typed at once, wherever the program is.
        for await line in try await fixture.engine.logs(id, LogOptions(follow: true))
        where String(decoding: line.bytes, as: UTF8.self).hasPrefix("yes") { break }
        _ = write(input.writeEnd.number, "hello\n", 6)
        for await line in try await fixture.engine.logs(id, LogOptions(follow: true))
        where String(decoding: line.bytes, as: UTF8.self).hasPrefix("37") { break }
        _ = write(input.writeEnd.number, "\n", 1)
        #expect(try await session.wait().code == 0)
        shutdownWriter(output)
        let text = readAll(output.readEnd)
        #expect(text.contains("/dev/pts/0\r\nyes\r\n"))
        #expect(text.contains("got hello\r\n37 101\r\n"))
        await fixture.engine.shutdown()
    }

    @Test func execWithAndWithoutATerminal() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start("sleep", "1000")
        let plain = try await fixture.exec(id, "sh", "-c", "echo $$; test -t 1 || echo no; exit 5")
        #expect(plain.status == ProcessExit(code: 5))
        #expect(plain.output.hasSuffix("no\n"))
        let terminal = try await fixture.exec(id, "sh", "-c", "tty; stty size; exit 6") {
            $0.terminal = TerminalSize(columns: 90, rows: 30)
        }
        #expect(terminal.status == ProcessExit(code: 6))
        #expect(terminal.output.contains("/dev/pts/0\r\n30 90\r\n"))
        await #expect(throws: RuntimeError.commandNotFound("nonesuch")) { _ = try await fixture.exec(id, "nonesuch") }
        let status = try await fixture.exec(id, "grep", "-E", "CapEff|Seccomp:|NoNew", "/proc/self/status").output
        #expect(status == "CapEff:\t00000000a80425fb\nNoNewPrivs:\t1\nSeccomp:\t2\n")
        #expect(try await fixture.engine.processes(id).count == 1)
        try await fixture.engine.stopContainer(id, grace: .zero)
        await #expect(throws: RuntimeError.wrongState(id: id, state: .exited, wanted: "running")) {
            _ = try await fixture.exec(id, "true")
        }
        await fixture.engine.shutdown()
    }

    @Test func interactiveInputEndsTheProgram() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.create(["cat"]) { $0.openInput = true }
        let input = try LinuxKernel.Pipe()
        let output = try LinuxKernel.Pipe()
        let session = try await fixture.engine.attach(
            id, streams: StreamDescriptors(input: input.readEnd.number, output: output.writeEnd.number))
        try await fixture.engine.startContainer(id)
        let writeEnd = try input.writeEnd.duplicateNumber()
        _ = write(writeEnd, "abc\n", 4)
        close(writeEnd)
        close(dupAndForget(input))
        #expect(try await session.wait().code == 0)
        shutdownWriter(output)
        #expect(readAll(output.readEnd) == "abc\n")
        await fixture.engine.shutdown()
    }

    /// Closes the pipe's only other writer under its owner, by putting the reading end in its place.
    private func dupAndForget(_ pipe: LinuxKernel.Pipe) -> Int32 {
        dup2(pipe.readEnd.number, pipe.writeEnd.number)
        return -1
    }
}
