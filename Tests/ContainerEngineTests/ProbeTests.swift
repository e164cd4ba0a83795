import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// System calls that have led out of containers, made by a program inside one (Tests/EscapeProbe), which names what it
/// could do.
@Suite(.serialized) struct ProbeTests {
    @Test(arguments: ["keys", "mounts", "namespaces", "handles"])
    func aContainerCannot(_ group: String) async throws {
        let fixture = try await EngineFixture()
        #expect(try await fixture.shell("escape-probe \(group)") == "end")
        // A user without capabilities can no more than root.
        if fixture.engine.harbour.idCount > 1 {
            #expect(try await fixture.shell("escape-probe \(group)") { $0.user = "sailor" } == "end")
        }
        await fixture.engine.shutdown()
    }

    /// With the capability that it takes, a handle of the machine's root opens nothing of the machine's.
    @Test func aHandleOfTheMachinesRootOpensNothing() async throws {
        let fixture = try await EngineFixture()
        let text = try await fixture.shell("escape-probe handles") {
            $0.addedCapabilities = ["ALL"]
            $0.mounts = [Mount(source: .volume(name: "disk"), target: "/v")]
        }
        #expect(text.hasSuffix("end") && !text.contains("root"), "\(text)")
        await fixture.engine.shutdown()
    }

    /// The harbour's processes and those of all containers in sight, none of them is to be looked into; with the
    /// capability for it neither, since that is of its own user namespace.
    @Test(arguments: [[], ["SYS_PTRACE"]])
    func nobodyElsesProcessIsTouched(_ capabilities: [String]) async throws {
        let fixture = try await EngineFixture()
        let neighbour = try await fixture.start("sleep", "1000")
        let script = """
            for p in $(ls /proc | grep '^[0-9]'); do
                [ $p = $$ ] || [ "$(readlink /proc/self/ns/mnt)" = "$(readlink /proc/$p/ns/mnt)" ] && continue
                echo $p; escape-probe other $p
            done
            """
        let text = try await fixture.shell(script) {
            $0.sharedWithHost = [.pid]
            $0.addedCapabilities = capabilities
        }
        let lines = text.split(separator: "\n")
        #expect(lines.count >= 4, "\(text)")
        #expect(lines.allSatisfy { $0 == "end" || $0.allSatisfy(\.isNumber) }, "\(text)")
        #expect(try await fixture.engine.processes(neighbour).count == 1)
        await fixture.engine.shutdown()
    }

    /// What enters a container is still the zygote's program, with the zygote's descriptors, for a moment (CVE-2016-9962).
    @Test func whoEntersShowsNothingOfWhereItComesFrom() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start("escape-probe", "watch") { $0.addedCapabilities = ["SYS_PTRACE"] }
        try await hasBegun(fixture, id)
        for _ in 0..<100 { #expect(try await fixture.exec(id, "true").status.code == 0) }
        #expect(try await fixture.exec(id, "touch", "/stop").status.code == 0)
        _ = try await fixture.engine.waitContainer(id)
        #expect(try await fixture.logs(id).output == "watching\nend\n")
        await fixture.engine.shutdown()
    }

    /// `docker exec` without -t lends the learner's own terminal: nobody types on it but the learner (CVE-2017-5226).
    @Test func nobodyTypesOnABorrowedTerminal() async throws {
        let fixture = try await EngineFixture()
        // The C library's way to one is hidden from Swift: TIOCSPTLCK, TIOCGPTN.
        let leader = try FileDescriptor.open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (locked, number): (Int32, Int32) = (0, 0)
        try #require(ioctl(leader.number, 0x4004_5431, &locked) == 0 && ioctl(leader.number, 0x8004_5430, &number) == 0)
        let terminal = try FileDescriptor.open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        // Somebody sits at it.
        let learner = Process()
        learner.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        learner.arguments = ["--ctty", "sleep", "1000"]
        learner.standardInput = FileHandle(fileDescriptor: terminal.number)
        learner.standardOutput = FileHandle.nullDevice
        learner.standardError = FileHandle.nullDevice
        try learner.run()
        // The first of the terminal's session, which setsid(1) may have forked.
        var first: pid_t = -1
        for _ in 0..<5000 where first < 0 {
            usleep(1000)
            first = tcgetsid(leader.number)
        }
        let owner = first
        try #require(owner > 0)
        defer { kill(owner, SIGKILL) }
        let id = try await fixture.start("sleep", "1000")
        let output = try LinuxKernel.Pipe()
        let reader = Task { await KernelThread.run("test-reader") { readAll(output.readEnd) } }
        let session = try await fixture.engine.exec(
            id, ExecConfiguration(command: ["escape-probe", "type"]),
            streams: StreamDescriptors(
                input: terminal.number, output: output.writeEnd.number, error: terminal.number))
        _ = try await session.wait()
        shutdownWriter(output)
        let text = await reader.value
        #expect(text == "end\n", "\(text)")
        await fixture.engine.shutdown()
    }

    private func hasBegun(_ fixture: EngineFixture, _ id: String) async throws {
        for await _ in try await fixture.engine.logs(id, LogOptions(follow: true)) { break }
    }

    /// A directory of the machine with a secret in it.
    private func makeSecret(_ fixture: EngineFixture) throws -> String {
        let secret = fixture.directory.path + "/secret"
        try FileManager.default.createDirectory(atPath: secret, withIntermediateDirectories: true)
        try Data("SECRET".utf8).write(to: URL(fileURLWithPath: secret + "/file"))
        // Whoever the harbour's root is, permissions are not what keeps it off.
        chmod(secret, 0o777)
        chmod(secret + "/file", 0o666)
        chmod(fixture.directory.path, 0o755)
        return secret
    }

    private func isUntouched(_ secret: String) throws -> Bool {
        let names = try FileManager.default.contentsOfDirectory(atPath: secret)
        return names == ["file"] && FileManager.default.contents(atPath: secret + "/file") == Data("SECRET".utf8)
    }

    /// `docker cp` while the container changes a directory for a link and back, as fast as it can (CVE-2018-15664).
    @Test(arguments: ["", "../../../../../../host", "/proc/1/root"])
    func copyingFollowsNoTurningLink(_ prefix: String) async throws {
        let fixture = try await EngineFixture()
        let secret = try makeSecret(fixture)
        let script = "mkdir /d; echo own > /d/file; ln -s \(prefix)\(secret) /link; exec escape-probe exchange /d /link"
        let id = try await fixture.start("sh", "-c", script)
        try await hasBegun(fixture, id)
        let directory = try FileDescriptor.open(fixture.directory.path, O_RDONLY | O_DIRECTORY)
        let out = fixture.directory.path + "/out"
        mkdir(out, 0o777)
        chmod(out, 0o777)
        try Data("put".utf8).write(to: URL(fileURLWithPath: fixture.directory.path + "/put"))
        var copied = 0
        for _ in 0..<20 {
            let engine = fixture.engine
            if (try? await engine.copyFiles(
                from: .container(id, path: "/d/file"), to: .directory(directory.number, path: "out"), name: "file",
                follow: true, keepOwners: false)) != nil
            {
                copied += 1
                #expect(FileManager.default.contents(atPath: out + "/file") == Data("own\n".utf8))
            }
            unlink(out + "/file")
            _ = try? await engine.copyFiles(
                from: .directory(directory.number, path: "put"), to: .container(id, path: "/d"), name: "file2",
                follow: true, keepOwners: false)
            #expect(try isUntouched(secret))
        }
        #expect(copied > 0)
        #expect(try await fixture.exec(id, "touch", "/stop").status.code == 0)
        await fixture.engine.shutdown()
    }

    /// Targets of mounts and working directories are made where the container is, whatever another one that has the same
    /// volume does meanwhile.
    @Test(arguments: ["", "../../../../../../host", "/proc/1/root"])
    func mountingFollowsNoTurningLink(_ prefix: String) async throws {
        let fixture = try await EngineFixture()
        let secret = try makeSecret(fixture)
        let volume = Mount(source: .volume(name: "turning"), target: "/v")
        let script = "mkdir /v/d; ln -s \(prefix)\(secret) /v/link; exec escape-probe exchange /v/d /v/link"
        let id = try await fixture.start("sh", "-c", script) { $0.mounts = [volume] }
        try await hasBegun(fixture, id)
        var begun = 0
        for round in 0..<40 {
            let other = try await fixture.create(["sh", "-c", "echo x > file; echo x > /v/d/below/file"]) {
                $0.workingDirectory = "/v/d/work\(round)"
                $0.mounts = [volume, Mount(source: .tmpfs(size: 4096), target: "/v/d/below")]
            }
            if (try? await fixture.engine.startContainer(other)) != nil {
                begun += 1
                _ = try await fixture.engine.waitContainer(other)
            }
            #expect(try isUntouched(secret))
        }
        #expect(begun > 0)
        #expect(try await fixture.exec(id, "touch", "/stop").status.code == 0)
        await fixture.engine.shutdown()
    }
}
