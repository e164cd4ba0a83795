import ContainerRuntime
import Foundation
import LinuxKernel
import Testing

@testable import ContainerEngine

@Suite(.serialized) struct MountTests {
    @Test func everyKindOfMount() async throws {
        let fixture = try await EngineFixture()
        let host = fixture.directory.path + "/host"
        try FileManager.default.createDirectory(atPath: host, withIntermediateDirectories: true)
        try Data("outside\n".utf8).write(to: URL(fileURLWithPath: host + "/file"))
        let mounts = [
            Mount(source: .entrusted(path: host), target: "/bind"),
            Mount(source: .entrusted(path: host), target: "/fixed", readOnly: true),
            Mount(source: .copyOnWrite(path: host), target: "/work"),
            Mount(source: .volume(name: "store"), target: "/deep/down/volume"),
            Mount(source: .tmpfs(size: 1 << 20), target: "/memory"),
            Mount(source: .files(["a": Array("A".utf8), "sub/b": Array("B".utf8)]), target: "/config", readOnly: true),
        ]
        let text = try await fixture.shell(
            """
            cat /bind/file /fixed/file /work/file /config/a /config/sub/b; echo
            echo w > /bind/written; echo x > /fixed/no || echo refused; echo x > /config/a || echo refused
            echo changed > /work/file; rm -r /work/file; echo new > /work/only; echo v > /deep/down/volume/kept
            dd if=/dev/zero of=/memory/big bs=1M count=3 2>/dev/null || echo full
            stat -c %u /bind/file /work/only
            """
        ) { $0.mounts = mounts }
        #expect(text.hasPrefix("outside\noutside\noutside\nAB\n"))
        #expect(text.contains("refused\nrefused\nfull\n0\n0"))
        #expect(FileManager.default.contents(atPath: host + "/file") == Data("outside\n".utf8))
        #expect(FileManager.default.contents(atPath: host + "/written") == Data("w\n".utf8))
        #expect(!FileManager.default.fileExists(atPath: host + "/only"))
        let again = try await fixture.shell("cat /v/kept") {
            $0.mounts = [Mount(source: .volume(name: "store"), target: "/v")]
        }
        #expect(again == "v")
        try await fixture.engine.removeVolume("store")
        #expect(!FileManager.default.fileExists(atPath: fixture.directory.path + "/data/volumes/store"))
        await fixture.engine.shutdown()
    }

    /// As root of this machine: else the container's root is the user whose directory it is.
    @Test(.enabled(if: geteuid() == 0)) func aDirectoryOfTheMachineStaysItsOwners() async throws {
        let fixture = try await EngineFixture()
        let host = fixture.directory.path + "/host"
        try FileManager.default.createDirectory(atPath: host, withIntermediateDirectories: true)
        try Data("secret\n".utf8).write(to: URL(fileURLWithPath: host + "/shadow"))
        chmod(host + "/shadow", 0o600)
        let text = try await fixture.shell(
            "cat /x/shadow || echo hidden; touch /x/new || echo refused; touch /made/new && stat -c %u /made/new"
        ) {
            $0.mounts = [
                Mount(source: .bind(path: host), target: "/x"),
                Mount(source: .bind(path: host + "-made"), target: "/made"),
            ]
        }
        #expect(text.contains("hidden\n") && text.contains("refused\n") && text.hasSuffix("0"), "\(text)")
        #expect(!text.contains("secret"))
        await fixture.engine.shutdown()
    }

    @Test func aDirectoryEndsWithItsSandbox() async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        let sandbox = try await engine.runSandbox(
            SandboxConfiguration(name: "default/pod", hostname: "pod", network: .none))
        func run(_ script: String, user: String? = nil) async throws -> String {
            try await fixture.shell(script) {
                $0.sandboxID = sandbox.id
                $0.user = user
                $0.mounts = [Mount(source: .sandbox(name: "scratch"), target: "/scratch")]
            }
        }
        #expect(try await run("echo one > /scratch/file; mkdir /scratch/d; stat -c %a /scratch") == "777")
        #expect(try await run("cat /scratch/file") == "one")
        try await engine.removeSandbox(sandbox.id)
        let directory = try #require(
            FileManager.default.subpaths(atPath: fixture.directory.path + "/run")?.filter { $0.contains("sandboxes/") })
        #expect(directory.isEmpty)
        await engine.shutdown()
    }

    @Test func aReadOnlyRoot() async throws {
        let fixture = try await EngineFixture()
        #expect(try await fixture.shell("echo x > /file || echo refused") { $0.readOnlyRoot = true } == "refused")
        await fixture.engine.shutdown()
    }

    @Test func sandboxesShareWhatPodsShare() async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        for shares in [false, true] {
            let sandbox = try await engine.runSandbox(
                SandboxConfiguration(
                    name: "default/pod", hostname: "pod", network: .none,
                    dns: DNSConfiguration(
                        nameservers: ["10.96.0.10"], searches: ["svc.cluster.local"], options: ["ndots:5"]),
                    sharesProcessNamespace: shares))
            var links: [[String]] = []
            for _ in 0..<2 {
                let id = try await fixture.start("sleep", "1000") { $0.sandboxID = sandbox.id }
                links.append(
                    try await fixture.exec(
                        id, "sh", "-c",
                        "for n in net uts ipc user pid mnt; do readlink /proc/self/ns/$n; done; cat /etc/resolv.conf"
                    ).output.split(separator: "\n").map(String.init))
            }
            #expect(links[0].prefix(4) == links[1].prefix(4))
            #expect((links[0][4] == links[1][4]) == shares)
            #expect(links[0][5] != links[1][5])
            // The end of a container is the end of all of its processes, whosever the pid namespace is.
            let script = "sleep 4321 & exit 0"
            let orphan = try await fixture.create(["sh", "-c", script]) { $0.sandboxID = sandbox.id }
            try await engine.startContainer(orphan)
            _ = try await engine.waitContainer(orphan)
            let isGone = ProcessFiles.all().allSatisfy { ProcessStatus(pid: $0)?.command != "sleep 4321" }
            #expect(isGone)
            #expect(links[0].suffix(3) == ["nameserver 10.96.0.10", "search svc.cluster.local", "options ndots:5"])
            try await engine.removeSandbox(sandbox.id)
            #expect(await engine.containers().isEmpty)
        }
        await fixture.engine.shutdown()
    }
}
