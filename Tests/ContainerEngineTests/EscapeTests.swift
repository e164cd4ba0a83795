import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// Ways out of a container that others have found, tried here.
@Suite(.serialized) struct EscapeTests {
    /// CVE-2024-21626: a working directory by way of a descriptor that the runtime has left open.
    @Test func noDescriptorLeadsToTheMachine() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start("sleep", "1000")
        for number in 3..<16 {
            let directory = "/proc/self/fd/\(number)"
            let other = try await fixture.create(["pwd"]) { $0.workingDirectory = directory }
            await #expect(throws: RuntimeError.self) { try await fixture.engine.startContainer(other) }
            await #expect(throws: RuntimeError.self) {
                _ = try await fixture.exec(id, "pwd") { $0.workingDirectory = directory }
            }
        }
        // The fourth is of ls itself.
        let open = try await fixture.exec(id, "ls", "/proc/self/fd")
        #expect(open.output.split(separator: "\n").allSatisfy { ["0", "1", "2", "3"].contains($0) }, "\(open.output)")
        await fixture.engine.shutdown()
    }

    /// CVE-2019-5736: the runtime's own program, executed as the container's, is there to be written to.
    @Test func theZygotesProgramCannotBeWritten() async throws {
        let fixture = try await EngineFixture()
        let program = try #require(ProcessFiles.link("/proc/\(fixture.engine.harbour.pid)/exe"))
        #expect(program.hasPrefix("/memfd:"))
        #expect(open("/proc/\(fixture.engine.harbour.pid)/exe", O_WRONLY) == -1)
        _ = try? await fixture.run("/proc/self/exe")
        #expect(try await fixture.shell("echo fine") == "fine")
        await fixture.engine.shutdown()
    }

    /// The first process of a shared pid namespace has the harbour's file tree.
    @Test func thePauseProcessShowsNothing() async throws {
        let fixture = try await EngineFixture()
        let sandbox = try await fixture.engine.runSandbox(
            SandboxConfiguration(name: "default/pod", hostname: "pod", network: .none, sharesProcessNamespace: true))
        let text = try await fixture.shell(
            "cat /proc/1/comm; ls /proc/1/root/host && echo OUT; ls /proc/1/fd && echo OUT; true"
        ) {
            $0.sandboxID = sandbox.id
            $0.addedCapabilities = ["ALL"]
        }
        #expect(text == "pause")
        await fixture.engine.shutdown()
    }

    @Test func aFileIsOpenedWithTheContainersRights() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start(
            "sh", "-c", "mkfifo /pipe; echo x > /mine; chmod 600 /mine; chown 7 /mine; echo ok; exec sleep 1000")
        while try await fixture.logs(id).output.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        func tryOpening(_ path: String) async -> Int32? {
            guard let descriptor = try? await fixture.engine.openFile(id, path: path, flags: O_RDONLY, mode: 0) else {
                return nil
            }
            close(descriptor)
            return descriptor
        }
        // A pipe without a writer does not hold up the engine.
        #expect(await tryOpening("/pipe") != nil)
        if fixture.engine.harbour.idCount > 1 { #expect(await tryOpening("/mine") != nil) }
        #expect(await tryOpening("/proc/kmsg") == nil)
        #expect(await tryOpening("/proc/1/root/etc/shadow") == nil)
        await fixture.engine.shutdown()
    }

    @Test func aKeyOfAConfigMapStaysInItsDirectory() async throws {
        let fixture = try await EngineFixture()
        for name in ["../escape", "/escape", "a/../../escape", ".."] {
            let id = try await fixture.create(["true"]) {
                $0.mounts = [Mount(source: .files([name: Array("x".utf8)]), target: "/config")]
            }
            await #expect(throws: RuntimeError.self) { try await fixture.engine.startContainer(id) }
        }
        await fixture.engine.shutdown()
    }
}
