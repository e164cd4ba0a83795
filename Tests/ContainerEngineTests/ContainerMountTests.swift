import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// Files of one container, mounted in another: what `-v` means to whoever types it in a container.
@Suite(.serialized) struct ContainerMountTests {
    private static func mount(
        _ id: String, _ path: String, _ target: String = "/x", change: (inout Mount) -> Void = { _ in }
    ) -> Mount {
        var mount = Mount(source: .container(id: id, path: path), target: target)
        change(&mount)
        return mount
    }

    @Test("What one writes, the other reads, in both directions, on its root and on what it mounts itself")
    func bothWays() async throws {
        let fixture = try await EngineFixture()
        let host = fixture.directory.path + "/host"
        try FileManager.default.createDirectory(atPath: host, withIntermediateDirectories: true)
        try Data("outside\n".utf8).write(to: URL(fileURLWithPath: host + "/file"))
        let id = try await fixture.start("sleep", "1d") {
            $0.mounts = [
                Mount(source: .copyOnWrite(path: host), target: "/work"),
                Mount(source: .tmpfs(size: nil), target: "/memory"),
            ]
        }
        _ = try await fixture.exec(
            id, "sh", "-c", "echo a > /work/a; echo b > /memory/b; mkdir -p /deep; echo c > /deep/c")
        let text = try await fixture.shell(
            "cat /w/file /w/a /m/b /d/c /single; echo new > /w/new; stat -c %u /w/file /w/a; echo two >> /single"
        ) {
            $0.mounts = [
                Self.mount(id, "/work", "/w"), Self.mount(id, "/memory/", "/m"), Self.mount(id, "/deep", "/d"),
                Self.mount(id, "/deep/c", "/single"),
            ]
        }
        #expect(text == "outside\na\nb\nc\nc\n0\n0")
        #expect(try await fixture.exec(id, "cat", "/work/new", "/deep/c").output == "new\nc\ntwo\n")
        #expect(!FileManager.default.fileExists(atPath: host + "/new"))
        let fixed = try await fixture.shell("cat /x/a; echo no > /x/a || echo refused") {
            $0.mounts = [Self.mount(id, "/work") { $0.readOnly = true }]
        }
        #expect(fixed == "a\nrefused")
        // Whoever is somebody else where there is one id only is the same one outside.
        let sailor = try await fixture.shell("echo 1 > /x/mine || echo not mine") {
            $0.user = "sailor"
            $0.mounts = [Self.mount(id, "/memory/crew")]
        }
        #expect(sailor == (fixture.engine.harbour.idCount == 1 ? "" : "not mine"))
        await fixture.engine.shutdown()
    }

    @Test("A missing directory is made in that container, or it is an error")
    func missing() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start("sleep", "1d")
        let made = "/made-\(getpid())/below"
        #expect(
            try await fixture.shell("echo x > /x/file; echo ok") { $0.mounts = [Self.mount(id, made)] } == "ok")
        #expect(try await fixture.exec(id, "stat", "-c", "%u %a", made).output == "0 755\n")
        #expect(try await fixture.exec(id, "cat", made + "/file").output == "x\n")
        #expect(access(made, F_OK) != 0)
        let strict = try await fixture.create(["true"]) {
            $0.mounts = [Self.mount(id, "/missing") { $0.requiresSource = true }]
        }
        await #expect(
            throws: RuntimeError.conflict(
                "invalid mount config for type \"bind\": bind source path does not exist: /missing")
        ) { try await fixture.engine.startContainer(strict) }
        #expect(try await fixture.exec(id, "ls", "/missing").status != ExitStatus(code: 0))
        await fixture.engine.shutdown()
    }

    @Test("It is found again at each start, also in the container that took the other's place")
    func again() async throws {
        let fixture = try await EngineFixture()
        let engine = fixture.engine
        let first = try await fixture.start("sleep", "1d")
        let id = try await fixture.create(["sh", "-c", "echo $(hostname) >> /x/log"]) {
            $0.mounts = [Self.mount(first, "/log.d")]
        }
        for _ in 0..<2 {
            try await engine.startContainer(id)
            _ = try await engine.waitContainer(id)
        }
        #expect(try await fixture.exec(first, "cat", "/log.d/log").output == "box\nbox\n")
        #expect(try await engine.containerStatus(id).mounts.map(\.source) == ["/log.d"])
        try await engine.removeContainer(first, force: true)
        await #expect(throws: RuntimeError.self) { try await engine.startContainer(id) }
        let second = try await fixture.start("sleep", "1d") { $0.successorOf = first }
        try await engine.startContainer(id)
        _ = try await engine.waitContainer(id)
        #expect(try await fixture.exec(second, "cat", "/log.d/log").output == "box\n")
        await engine.shutdown()
    }

    /// Each of these would show this machine, or more than the other container is allowed, if it were followed by whoever
    /// makes the mount.
    @Test("No link of that container leads to this machine")
    func links() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start("sleep", "1d")
        _ = try await fixture.exec(
            id, "sh", "-c",
            """
            mkdir /work; echo mine > /etc/mark; ln -s /etc /work/etc; ln -s ../../../../../etc /work/up
            ln -s /proc/self/root /work/root; ln -s /proc/1/root/host /work/host; ln -s /proc/1/cwd /work/cwd
            ln -s /nowhere /work/dangling
            """)
        for path in ["/work/etc", "/work/up", "/work/../../../etc", "/../../etc"] {
            #expect(try await fixture.shell("cat /x/mark") { $0.mounts = [Self.mount(id, path)] } == "mine", "\(path)")
        }
        for path in [
            "/work/root", "/work/host", "/work/cwd", "/proc/1/root", "/proc/self/cwd", "/proc/1/fd/0", "/work/dangling",
        ] {
            let other = try await fixture.create(["ls", "/x"]) { $0.mounts = [Self.mount(id, path)] }
            await #expect(throws: RuntimeError.self, "\(path)") { try await fixture.engine.startContainer(other) }
        }
        #expect(try await fixture.exec(id, "ls", "/nowhere").output.contains("No such file"))
        await fixture.engine.shutdown()
    }

    @Test("The whole of that container shows no more of the kernel than that container sees")
    func kernelFiles() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start("sleep", "1d")
        let script = """
            cat /x/proc/1/cmdline | head -c 5; echo
            ls /x/proc/1/root/ 2>/dev/null; cat /x/proc/1/environ 2>/dev/null; cat /x/proc/1/fd/0 && echo OUT
            readlink /x/proc/1/fd/0 /x/proc/1/ns/mnt; head -c 1 /x/proc/1/mem
            head -c 1 /x/proc/kcore | wc -c; head -c 1 /x/proc/keys | wc -c
            echo 1 > /x/proc/sys/kernel/panic || echo refused
            echo b > /x/proc/sysrq-trigger || echo refused
            mkdir /x/sys/fs/cgroup/mine || echo refused
            echo x > /x/dev/new || echo refused
            """
        let text = try await fixture.shell(script) { $0.mounts = [Self.mount(id, "/")] }
        #expect(text == "sleep\n0\n0\nrefused\nrefused\nrefused\nrefused")
        // Nor with every capability there is here: what hides a part cannot be taken off.
        let strong = try await fixture.shell(
            """
            umount /x/proc/kcore 2>/dev/null || echo hidden; umount -l /x/proc/sys 2>/dev/null || echo hidden
            head -c 1 /x/proc/kcore | wc -c; ls /x/proc/1/root/ 2>/dev/null && echo OUT
            echo b > /x/proc/sysrq-trigger || echo refused
            echo 1 > /x/proc/sys/kernel/panic || echo refused
            """
        ) {
            $0.mounts = [Self.mount(id, "/")]
            $0.isPrivileged = true
        }
        #expect(strong == "hidden\nhidden\n0\nrefused\nrefused")
        await fixture.engine.shutdown()
    }

    /// The shell's own directory is mounted so: its files are this machine's user's.
    @Test("What that container may not write, none may that it is mounted in")
    func readOnly() async throws {
        let fixture = try await EngineFixture()
        let host = fixture.directory.path + "/host"
        try FileManager.default.createDirectory(atPath: host, withIntermediateDirectories: true)
        let id = try await fixture.start("sleep", "1d") {
            $0.mounts = [Mount(source: .entrusted(path: host), target: "/trusted", readOnly: true)]
        }
        for (path, place) in [("/", "/x/trusted"), ("/trusted", "/x")] {
            let text = try await fixture.shell(
                """
                mount -o remount,bind,rw \(place) 2>/dev/null || echo locked
                touch \(place)/new 2>/dev/null || echo refused
                """
            ) {
                $0.mounts = [Self.mount(id, path)]
                $0.isPrivileged = true
            }
            #expect(text == "locked\nrefused", "\(path)")
        }
        #expect(access(host + "/new", F_OK) != 0)
        await fixture.engine.shutdown()
    }
}
