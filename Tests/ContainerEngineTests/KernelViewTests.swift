import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// What is told of a container, held against what /proc says of it here.
@Suite struct KernelViewTests {
    @Test func aRunningContainerIsToldAsProcTellsIt() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start("sh", "-c", "echo hi >/root/note; rm /etc/passwd; exec sleep 1000") {
            $0.name = "seen"
        }
        // The shell has become sleep when it has done the rest.
        while try await fixture.engine.processes(id).first?.command != "sleep 1000" { await Task.yield() }
        let view = try await fixture.engine.kernelView("seen")
        let pid = try #require(view.status.pid)

        #expect(view.processes.map(\.pid) == [pid])
        #expect(view.processes.first?.innerPid == 1 && view.processes.first?.innerUid == 0)

        #expect(view.namespaces.map(\.kind) == NamespaceKind.allCases)
        for space in view.namespaces {
            #expect(
                ProcessFiles.link("/proc/\(pid)/ns/\(space.kind.rawValue)")
                    == "\(space.kind.rawValue):[\(space.identity)]")
            #expect(
                ProcessFiles.link("/proc/self/ns/\(space.kind.rawValue)")
                    == "\(space.kind.rawValue):[\(space.hostIdentity)]")
            #expect(space.identity != space.hostIdentity)
        }

        let status = try Self.status(pid)
        let credentials = try #require(view.credentials)
        #expect(try Self.bits(credentials.effective) == status["CapEff"])
        #expect(try Self.bits(credentials.bounding) == status["CapBnd"])
        #expect(Set(credentials.missing).isDisjoint(with: credentials.bounding))
        #expect(credentials.missing.contains("SYS_ADMIN") && credentials.effective.contains("CHOWN"))
        #expect(credentials.noNewPrivileges)
        let map = try String(contentsOfFile: "/proc/\(pid)/uid_map", encoding: .utf8).split { $0.isWhitespace }
        let range = try #require(credentials.userMap.first)
        #expect([range.inside, range.outside, range.count].map(String.init) == map.prefix(3).map(String.init))

        #expect(view.mounts.first { $0.target == "/" }?.type == "overlay")
        #expect(view.mounts.contains { $0.target == "/proc" && $0.type == "proc" })
        #expect(view.mounts.contains { $0.target == "/sys" && $0.isReadOnly })
        let lines = try String(contentsOfFile: "/proc/\(pid)/mountinfo", encoding: .utf8).split(separator: "\n").count
        #expect(view.mounts.count == lines)
        await fixture.engine.shutdown()
    }

    @Test func theUpperStoreHoldsWhatWasWritten() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.create(["sh", "-c", "echo hello >/root/note; rm /etc/passwd"])
        #expect(try await fixture.engine.kernelView(id).layers.first?.size == 0)
        try await fixture.engine.startContainer(id)
        _ = try await fixture.engine.waitContainer(id)
        let view = try await fixture.engine.kernelView(id)
        #expect(view.processes.isEmpty && view.credentials == nil)
        let upper = try #require(view.layers.first)
        #expect(upper.isUpper && upper.size == 6)
        #expect(upper.changes == ["/etc/passwd (deleted)", "/root/note"])
        let busybox = try #require(FileManager.default.attributesOfItem(atPath: "/bin/busybox")[.size] as? Int)
        #expect(try #require(view.layers.last?.size) >= busybox)
        // How it was made is known after its end, too.
        #expect(view.birth.contains { $0.call == "mount overlay" })
        await fixture.engine.shutdown()
    }

    @Test func theBirthIsToldInOrder() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start("sleep", "1000")
        let other = try await fixture.start("sleep", "1000")
        // What is executed in it is not its birth.
        _ = try await fixture.exec(id, "true")
        for id in [id, other] {
            let birth = try await fixture.engine.kernelView(id).birth
            let calls = birth.map(\.call)
            let story = ["setns user", "mount overlay", "fsmount proc", "pivot_root", "capset"]
            let places = story.compactMap { calls.firstIndex(of: $0) }
            #expect(places.count == story.count && places == places.sorted(), "\(calls)")
            #expect(calls.last == "execve" && calls.filter { $0 == "execve" }.count == 1)
            #expect(birth.allSatisfy { $0.duration >= .zero })
            #expect(birth.map(\.at) == birth.map(\.at).sorted())
            #expect(birth.map(\.duration).reduce(.zero, +) == birth.last?.at)
        }
        await fixture.engine.shutdown()
    }

    @Test func theFilterIsToldAsItWorks() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start("sleep", "1000")
        let calls = try #require(try await fixture.engine.kernelView(id).credentials?.systemCalls)
        #expect(calls.mode == .filter && calls.filters >= 1 && calls.instructions > 100)
        for name in ["read", "write", "execve", "mmap"] { #expect(calls.allowed.contains(name)) }
        for name in ["mount", "reboot", "init_module", "bpf", "unshare", "clone3"] {
            #expect(calls.refused.contains(name), "\(name)")
        }
        #expect(calls.conditional.contains("clone") && calls.conditional.contains("personality"))
        // With the capability goes the call, and the kernel agrees.
        let admin = try await fixture.start("sleep", "1000") { $0.addedCapabilities = ["SYS_ADMIN"] }
        let more = try #require(try await fixture.engine.kernelView(admin).credentials?.systemCalls)
        #expect(more.allowed.contains("unshare"))
        #expect(try await fixture.exec(id, "unshare", "-u", "true").status.code != 0)
        #expect(try await fixture.exec(admin, "unshare", "-u", "true").status.code == 0)
        await fixture.engine.shutdown()
    }

    @Test func sharingIsSeenFromBothSides() async throws {
        let fixture = try await EngineFixture()
        let pod = try await fixture.engine.runSandbox(
            SandboxConfiguration(name: "pod", hostname: "pod", network: .none))
        func member(_ name: String) async throws -> String {
            try await fixture.start("sleep", "1000") {
                $0.sandbox = nil
                $0.sandboxID = pod.id
                $0.name = name
            }
        }
        let (first, second) = (try await member("first"), try await member("second"))
        _ = try await fixture.start("sleep", "1000") { $0.name = "stranger" }
        for (id, mate) in [(first, "second"), (second, "first")] {
            let view = try await fixture.engine.kernelView(id)
            for space in view.namespaces {
                let shares = Set(space.others.filter { $0.identity == space.identity }.map(\.name))
                let isShared = [.network, .uts, .ipc, .user].contains(space.kind)
                #expect(shares == (isShared ? [mate] : []), "\(space.kind)")
                #expect(Set(space.others.map(\.name)) == [mate, "stranger"])
            }
        }
        await fixture.engine.shutdown()
    }

    @Test func limitsHaveTheirFiles() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.start("sleep", "1000") {
            $0.resources.memory = 48 << 20
            $0.resources.pids = 17
        }
        let view = try await fixture.engine.kernelView(id)
        if view.status.limitsAreEmulated {
            print("skipped: this machine lets the tests make no control groups")
            #expect(view.controlGroups.isEmpty)
        } else {
            let files = view.controlGroups.flatMap { group in group.files.map { (group.path, $0) } }
            let values = Dictionary(files.map { ($0.1.name, $0.1.value) }) { first, _ in first }
            #expect((values["memory.max"] ?? values["memory.limit_in_bytes"]) == "\(48 << 20)")
            #expect(values["pids.max"] == "17")
            for (path, file) in files where ["memory.max", "memory.limit_in_bytes", "pids.max"].contains(file.name) {
                #expect(try String(contentsOfFile: "\(path)/\(file.name)", encoding: .utf8) == file.value + "\n")
            }
        }
        await fixture.engine.shutdown()
    }

    @Test func aMountTableIsRead() {
        let table = MountTable.parse(
            """
            36 35 98:0 / / rw,relatime - overlay overlay rw,lowerdir=/a:/b
            37 36 0:5 /null /proc/kcore rw,nosuid - devtmpfs udev rw,size=1k,mode=755
            38 36 8:1 /home/me/a\\040b /work ro,nodev master:1 - ext4 /dev/sda1 rw

            broken
            """)
        #expect(table.map(\.target) == ["/", "/proc/kcore", "/work"])
        #expect(table.map(\.source) == ["overlay", "/null", "/home/me/a b"])
        #expect(table.map(\.isReadOnly) == [false, false, true])
        #expect(table[1].options == ["rw", "nosuid", "size=1k", "mode=755"])
    }

    private static func status(_ pid: Int32) throws -> [String: UInt64] {
        var fields: [String: UInt64] = [:]
        for line in try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8).split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 {
                fields[String(parts[0])] = UInt64(parts[1].trimmingCharacters(in: .whitespaces), radix: 16)
            }
        }
        return fields
    }

    private static func bits(_ names: [String]) throws -> UInt64 {
        try names.isEmpty ? 0 : Capabilities(added: names, dropped: ["ALL"]).rawValue
    }
}
