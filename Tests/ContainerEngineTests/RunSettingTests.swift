import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// Flags of docker run, seen from inside the container.
@Suite(.serialized) struct RunSettingTests {
    @Test func limitsOfProcessesAndKernelParametersAreSet() async throws {
        let fixture = try await EngineFixture()
        let text = try await fixture.shell("ulimit -n; cat /proc/sys/net/core/somaxconn /proc/sys/kernel/domainname") {
            $0.processLimits = [ProcessLimit(name: "nofile", soft: 99, hard: 100)]
            $0.kernelParameters = ["net.core.somaxconn": "77"]
            $0.sandbox?.domainname = "harbour.test"
        }
        #expect(text == "99\n77\nharbour.test")
        let id = try await fixture.create(["true"]) {
            $0.processLimits = [ProcessLimit(name: "nofile", soft: 1, hard: 1 << 40)]
        }
        await #expect(throws: RuntimeError.self) { try await fixture.engine.startContainer(id) }
        await fixture.engine.shutdown()
    }

    @Test(arguments: ["kernel.printk", "vm.swappiness", "../../net/core/somaxconn", "kernel.core_pattern"])
    func theMachinesKernelParametersAreRefused(_ name: String) async throws {
        let fixture = try await EngineFixture()
        await #expect(throws: RuntimeError.self) {
            _ = try await fixture.create(["true"]) { $0.kernelParameters = [name: "1"] }
        }
        await fixture.engine.shutdown()
    }

    @Test func memoryFileSystemsHaveTheirOptions() async throws {
        let fixture = try await EngineFixture()
        let text = try await fixture.shell(
            "stat -c '%a %u %g' /t; grep -c ' /t .*noexec' /proc/mounts; stat -f -c '%b %S' /t; stat -f -c '%b %S' /dev/shm"
        ) {
            let options = TemporaryFileSystem(size: 1 << 20, mode: 0o700, uid: 0, gid: 0, isExecutable: true)
            $0.mounts = [Mount(source: .memory(options), target: "/t")]
            $0.sharedMemorySize = 2 << 20
        }
        let lines = text.split(separator: "\n")
        #expect(lines.prefix(2) == ["700 0 0", "0"])
        let sizes = lines.suffix(2).map { $0.split(separator: " ").compactMap { Int($0) }.reduce(1, *) }
        #expect(sizes == [1 << 20, 2 << 20])
        await fixture.engine.shutdown()
    }

    @Test func initReapsOrphansAndPassesSignalsOn() async throws {
        let fixture = try await EngineFixture()
        // The subshell ends at once; its child is init's then, and its number is free only when init has reaped it.
        let script = """
            trap 'exit 7' TERM; (sleep 0 & echo $! > /tmp/orphan); n=0
            while test -e /proc/$(cat /tmp/orphan) && test $n -lt 500; do sleep 0.01; n=$((n+1)); done
            test -e /proc/$(cat /tmp/orphan) && echo zombie > /tmp/outcome || echo reaped > /tmp/outcome
            mv /tmp/outcome /tmp/told; while :; do sleep 0.05; done
            """
        let id = try await fixture.start("sh", "-c", script) { $0.usesInit = true }
        while try await fixture.exec(id, "test", "-e", "/tmp/told").status.code != 0 {}
        #expect(try await fixture.exec(id, "cat", "/tmp/told").output == "reaped\n")
        let first = try await fixture.exec(id, "cat", "/proc/1/comm")
        #expect(first.output == "init\n")
        try await fixture.engine.signalContainer(id, signal: SIGTERM)
        #expect(try await fixture.engine.waitContainer(id).code == 7)
        let missing = try await fixture.create(["nothing-like-that"]) { $0.usesInit = true }
        await #expect(throws: RuntimeError.commandNotFound("nothing-like-that")) {
            try await fixture.engine.startContainer(missing)
        }
        let status = try await fixture.run("sh", "-c", "kill -9 $$") { $0.usesInit = true }.status
        #expect(status.code == 137)
        await fixture.engine.shutdown()
    }

    @Test func namespacesOfAnotherContainerAreJoined() async throws {
        let fixture = try await EngineFixture()
        let first = try await fixture.start("sh", "-c", "echo there > /dev/shm/x; exec sleep 1000")
        // What it wrote is there when its program is.
        while try await fixture.exec(first, "cat", "/proc/1/comm").output != "sleep\n" {}
        let text = try await fixture.shell("cat /dev/shm/x; cat /proc/1/comm; readlink /proc/self/ns/pid") {
            $0.sharedWithContainer = [.pid: first, .ipc: first]
        }
        let own = try await fixture.exec(first, "readlink", "/proc/self/ns/pid").output
        #expect(text == "there\nsleep\n\(own.trimmingCharacters(in: .newlines))")
        try await fixture.engine.stopContainer(first, grace: Duration.zero)
        let late = try await fixture.create(["true"]) { $0.sharedWithContainer = [.pid: first] }
        await #expect(throws: RuntimeError.self) { try await fixture.engine.startContainer(late) }
        await fixture.engine.shutdown()
    }

    /// Already when its program begins, and for every process that comes later.
    @Test(arguments: [700, -300]) func theOutOfMemoryScoreIsThereFromTheStart(_ score: Int) async throws {
        let fixture = try await EngineFixture()
        if score < 0, !Self.mayLowerScores {
            let id = try await fixture.create(["true"]) { $0.oomScoreAdjustment = score }
            await #expect(throws: RuntimeError.self) { try await fixture.engine.startContainer(id) }
        } else {
            for usesInit in [false, true] {
                let id = try await fixture.start("sh", "-c", "cat /proc/self/oom_score_adj; exec sleep 1d") {
                    $0.oomScoreAdjustment = score
                    $0.usesInit = usesInit
                }
                while try await fixture.logs(id).output.isEmpty {}
                #expect(try await fixture.logs(id).output == "\(score)\n")
                #expect(try await fixture.exec(id, "cat", "/proc/self/oom_score_adj").output == "\(score)\n")
            }
            // What was one container's is not the next one's.
            #expect(try await fixture.shell("cat /proc/self/oom_score_adj") != "\(score)")
        }
        await fixture.engine.shutdown()
    }

    /// Root alone is not enough where it has been left without CAP_SYS_RESOURCE (24).
    private static var mayLowerScores: Bool {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") } ?? ""
        let capabilities = line.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
        return geteuid() == 0 && capabilities >> 24 & 1 == 1
    }

    @Test func sharedMemoryAndQueuesAreTheHarboursWhereItsNamespaceIs() async throws {
        let fixture = try await EngineFixture()
        let queues = "test ! -d /dev/mqueue || test ! -w /dev/mqueue"
        let first = try await fixture.start("sleep", "1d") { $0.sharedWithHost = [.ipc] }
        _ = try await fixture.exec(
            first, "sh", "-c", "echo there > /dev/shm/x; \(queues) || touch /dev/mqueue/line")
        let look = "cat /dev/shm/x 2>&1; \(queues) || ls /dev/mqueue"
        let own = try await fixture.shell(look)
        #expect(own.contains("No such file") && !own.contains("line"))
        let text = try await fixture.shell(look) { $0.sharedWithHost = [.ipc] }
        #expect(text.hasPrefix("there"))
        let hasQueues = try await fixture.exec(first, "sh", "-c", queues).status.code != 0
        #expect(text.contains("line") == hasQueues)
        await fixture.engine.shutdown()
    }

    @Test func whatAContainerMayChangeIsLimited() async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        let id = try await fixture.create(
            [
                "sh", "-c",
                "dd if=/dev/zero of=/big bs=64k count=100 2>&1 | grep -c 'No space'; stat -c %s /big",
            ]
        ) {
            $0.layerSize = 1 << 20
        }
        try await engine.startContainer(id)
        _ = try await engine.waitContainer(id)
        let lines = try await fixture.logs(id).output.split(separator: "\n").map(String.init)
        #expect(
            lines.first == "1" && Int(lines.dropFirst().first ?? "").map { $0 > 512 << 10 && $0 <= 1 << 20 } == true)
        // Its changes are kept until it is removed, and nobody else is hindered.
        #expect(try await engine.changes(id).contains(FileChange(kind: .added, path: "/big")))
        #expect(
            try await fixture.shell("dd if=/dev/zero of=/big bs=64k count=100 2>/dev/null; stat -c %s /big")
                == "6553600")
        let layers = "/proc/\(engine.harbour.pid)/mountinfo"
        func isMounted() -> Bool {
            ((try? ProcessFiles.read(layers)).map { String(decoding: $0, as: UTF8.self) } ?? "").contains(
                "/layers/\(id)")
        }
        #expect(isMounted())
        try await engine.removeContainer(id, force: false)
        // The harbour serves in order.
        _ = try await fixture.shell("true")
        #expect(!isMounted())
        await #expect(throws: RuntimeError.self) { _ = try await fixture.create(["true"]) { $0.layerSize = 0 } }
        await engine.shutdown()
    }

    @Test func furtherGroupsAreHadOrRefusedInWords() async throws {
        let fixture = try await EngineFixture()
        if fixture.engine.harbour.idCount > 1 {
            #expect(try await fixture.shell("id -G") { $0.additionalGroups = ["7", "crew"] } == "0 7 2000")
        } else {
            do {
                _ = try await fixture.create(["true"]) { $0.additionalGroups = ["7"] }
                Issue.record("made")
            } catch {
                guard case RuntimeError.invalid("--group-add", let reason) = error else { throw error }
                #expect(reason.contains("one group id"))
            }
        }
        await fixture.engine.shutdown()
    }

    @Test func aNewVolumeGetsWhatTheImageHas() async throws {
        let fixture = try await EngineFixture()
        let volume = Mount(source: .volume(name: "fresh"), target: "/etc")
        #expect(
            try await fixture.shell("cat /etc/group | head -n 1; echo x > /etc/mine") { $0.mounts = [volume] }
                == "root:x:0:")
        #expect(
            try await fixture.shell("cat /etc/mine; rm /etc/group; ls /etc/group 2>&1 | wc -l") { $0.mounts = [volume] }
                == "x\n1")
        // Not a second time, and not where nobody wants it.
        #expect(try await fixture.shell("test -e /etc/group || echo gone") { $0.mounts = [volume] } == "gone")
        var bare = Mount(source: .volume(name: "bare"), target: "/etc")
        bare.copiesImageContent = false
        #expect(try await fixture.shell("test -e /etc/passwd || echo empty") { $0.mounts = [bare] } == "empty")
        await fixture.engine.shutdown()
    }

    @Test func aProfileDecidesWhichCallsAreAllowed() async throws {
        let fixture = try await EngineFixture()
        let profile = """
            {"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":1}]}
            """
        let script = "mkdir /tmp/x 2>/dev/null || echo refused; grep Seccomp: /proc/self/status"
        let text = try await fixture.shell(script) { $0.security.systemCalls = .profile(Array(profile.utf8)) }
        #expect(text == "refused\nSeccomp:\t2")
        #expect(try await fixture.shell(script) { $0.security.systemCalls = .unconfined } == "Seccomp:\t0")
        await #expect(throws: RuntimeError.self) {
            _ = try await fixture.create(["true"]) { $0.security.systemCalls = .profile(Array("{}".utf8)) }
        }
        await fixture.engine.shutdown()
    }

    @Test func devicesAreBound() async throws {
        let fixture = try await EngineFixture()
        let text = try await fixture.shell(
            "test -c /dev/nothing && echo x > /dev/nothing && ls /dev/null /dev/pts/ptmx"
        ) {
            $0.devices = [DeviceMapping(path: "/dev/null", target: "/dev/nothing")]
        }
        #expect(text == "/dev/null\n/dev/pts/ptmx")
        await #expect(throws: RuntimeError.self) {
            _ = try await fixture.create(["true"]) { $0.devices = [DeviceMapping(path: "/dev/no-such-device")] }
        }
        await fixture.engine.shutdown()
    }
}
