import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// What a container can do with all that can be asked for, and what it cannot.
@Suite(.serialized) struct PrivilegeTests {
    /// Each prints OUT where it gets at the machine, or at what is not the container's.
    @Test(arguments: [
        // devices of the machine
        "mknod /tmp/disk b 8 0 && echo OUT", "mknod /tmp/memory c 1 1 && cat /tmp/memory && echo OUT",
        "dd if=/dev/kmsg count=1 2>/dev/null && echo OUT",
        // the kernel's own knobs
        "echo x > /proc/sys/kernel/core_pattern && echo OUT", "echo c > /proc/sysrq-trigger && echo OUT",
        "echo 1 > /proc/sys/vm/drop_caches && echo OUT", "echo 0 > /proc/sys/kernel/randomize_va_space && echo OUT",
        "echo mem > /sys/power/state && echo OUT", "echo /tmp/x > /sys/kernel/uevent_helper && echo OUT",
        "head -c 1 /proc/kcore && echo OUT", "head -c 1 /proc/kallsyms | grep -v ^0 && echo OUT",
        // control groups: release_agent, and more of everything
        "mkdir /tmp/c && mount -t cgroup -o memory none /tmp/c && echo x > /tmp/c/release_agent && echo OUT",
        "mkdir /tmp/c && mount -t cgroup2 none /tmp/c && echo max > /tmp/c/memory.max && echo OUT",
        // file systems that hold the machine's state
        "mkdir /tmp/d && mount -t debugfs none /tmp/d && echo OUT",
        "mkdir /tmp/d && mount -t tracefs none /tmp/d && echo OUT",
        "mkdir /tmp/d && mount -t securityfs none /tmp/d && echo OUT",
        "mkdir /tmp/d && mount -t bpf none /tmp/d && ls /tmp/d/x && echo OUT",
        "mkdir /tmp/d && mount /dev/sda /tmp/d && echo OUT",
        "mkdir /tmp/d && mount -t devtmpfs none /tmp/d && ls /tmp/d/kmsg && echo OUT",
        // other processes
        "ls /proc/1/root/host && echo OUT",
        "kill -0 -1 2>/dev/null; ls /proc | grep -c '^[0-9]' | grep -v '^[1-6]$' && echo OUT",
        // the network of the harbour
        "ip link set eth0 netns 1 && echo OUT",
    ])
    func aPrivilegedContainerStaysInTheHarbour(_ attempt: String) async throws {
        let fixture = try await EngineFixture()
        let text = try await fixture.shell("(\(attempt)) 2>/dev/null; echo end") { $0.isPrivileged = true }
        #expect(text.hasSuffix("end"))
        #expect(!text.contains("OUT"), "\(text)")
        await fixture.engine.shutdown()
    }

    @Test func aPrivilegedContainerHasWhatItIsFor() async throws {
        let fixture = try await EngineFixture()
        let script = """
            grep -E 'CapEff|Seccomp:' /proc/self/status; mkdir /tmp/m; mount -t tmpfs none /tmp/m && echo mounted
            hostname new && hostname; echo 50 > /proc/sys/net/core/somaxconn && cat /proc/sys/net/core/somaxconn
            """
        let text = try await fixture.shell(script) { $0.isPrivileged = true }
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.first?.contains("1ffffffffff") == true, "\(text)")
        #expect(lines.dropFirst() == ["Seccomp:\t0", "mounted", "new", "50"], "\(text)")
        await fixture.engine.shutdown()
    }

    /// All containers' user namespaces are below the harbour's.
    @Test func nobodyHasMoreInTheHarboursUserNamespace() async throws {
        let fixture = try await EngineFixture()
        for change: @Sendable (inout ContainerConfiguration) -> Void in [
            { $0.isPrivileged = true }, { $0.addedCapabilities = ["SYS_ADMIN"] }, { $0.addedCapabilities = ["ALL"] },
        ] {
            await #expect(throws: RuntimeError.self) {
                _ = try await fixture.create(["true"]) {
                    $0.sharedWithHost = [.user]
                    change(&$0)
                }
            }
        }
        let id = try await fixture.start("sleep", "1000") { $0.sharedWithHost = [.user, .pid] }
        await #expect(throws: RuntimeError.self) {
            _ = try await fixture.exec(id, "true") { $0.isPrivileged = true }
        }
        await fixture.engine.shutdown()
    }

    /// A process of another container, in sight by --pid container:, is not to be traced or looked into without the
    /// capability for it, and with it only inside of that container.
    @Test func sharedProcessesShowNoMoreThanTheirOwn() async throws {
        let fixture = try await EngineFixture()
        let first = try await fixture.start("sleep", "1000")
        let text = try await fixture.shell(
            "ls /proc/1/root/host /proc/1/root/data 2>/dev/null && echo OUT; cat /proc/1/comm"
        ) {
            $0.sharedWithContainer = [.pid: first]
            $0.isPrivileged = true
        }
        #expect(text == "sleep")
        await fixture.engine.shutdown()
    }

    @Test func keysOfTheMachineAreNotTheirs() async throws {
        let fixture = try await EngineFixture()
        let keys = try await fixture.shell(
            "cat /proc/keys 2>/dev/null | wc -c; cat /proc/key-users 2>/dev/null | grep -c '^ *0:'; true"
        ) {
            $0.security.systemCalls = .unconfined
        }
        #expect(keys.split(separator: "\n").first == "0")
        await fixture.engine.shutdown()
    }

    /// A mount's target that leads through a link of a volume is found inside the container, or not at all.
    @Test(arguments: ["/", "../../../../../../host", "/proc/1/root", "/proc/self/root/host"])
    func aLinkInAVolumeLeadsNowhereElse(_ destination: String) async throws {
        let fixture = try await EngineFixture()
        let volume = Mount(source: .volume(name: "linked"), target: "/v")
        _ = try await fixture.shell("ln -s \(destination) /v/link") { $0.mounts = [volume] }
        let id = try await fixture.create(["sh", "-c", "ls -d /host /data /v/link/host 2>/dev/null; echo end"]) {
            $0.mounts = [volume, Mount(source: .tmpfs(size: 4096), target: "/v/link/below")]
        }
        do {
            try await fixture.engine.startContainer(id)
            _ = try await fixture.engine.waitContainer(id)
            #expect(try await fixture.logs(id).output == "end\n")
        } catch let error as RuntimeError {
            // Nothing there, or a link that the kernel does not follow for anybody.
            let path = "/v/link/below"
            #expect(
                error == .system(stage: "attach mount", errno: ENOENT, path: path)
                    || error == .system(stage: "attach mount", errno: ELOOP, path: path))
        }
        await fixture.engine.shutdown()
    }

    /// What is copied from an image into a new volume is the links themselves, not what they lead to.
    @Test func copyingIntoAVolumeFollowsNoLink() async throws {
        let fixture = try await EngineFixture()
        let text = try await fixture.shell("readlink /bin/sh; test -L /bin/busybox || echo file") {
            $0.mounts = [Mount(source: .volume(name: "copied"), target: "/bin")]
        }
        #expect(text == "busybox\nfile")
        await fixture.engine.shutdown()
    }
}
