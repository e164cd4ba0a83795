import ContainerRuntime
import Terminal
import Testing

@testable import Docker

@Suite struct RunFlagTests {
    @Test func restartPolicies() throws {
        #expect(try LifeFlags.policy("no") == .never)
        #expect(try LifeFlags.policy("always") == .always)
        #expect(try LifeFlags.policy("unless-stopped") == .unlessStopped)
        #expect(try LifeFlags.policy("on-failure") == .onFailure(maximumRetries: nil))
        #expect(try LifeFlags.policy("on-failure:3") == .onFailure(maximumRetries: 3))
        for wrong in ["always:3", "on-failure:x", "on-failure:-1", "sometimes"] {
            #expect(throws: RuntimeError.self) { try LifeFlags.policy(wrong) }
        }
    }

    @Test func mounts() throws {
        let bind = try MountFlag.mount("type=bind,source=/data,target=/x,readonly", workingDirectory: "/")
        #expect(bind.source == .bind(path: "/data"))
        #expect(bind.readOnly && bind.requiresSource && bind.target == "/x")
        let volume = try MountFlag.mount("source=data,dst=/x,volume-nocopy", workingDirectory: "/")
        #expect(volume.source == .volume(name: "data"))
        #expect(!volume.copiesImageContent)
        let memory = try MountFlag.mount(
            "type=tmpfs,destination=/x,tmpfs-size=1m,tmpfs-mode=0700", workingDirectory: "/")
        #expect(memory.source == .memory(TemporaryFileSystem(size: 1 << 20, mode: 0o700)))
        #expect(try MountFlag.mount("target=/x", workingDirectory: "/").isAnonymous)
        for wrong in [
            "", "type=bind,target=/x", "type=bind,source=/a", "type=nothing,target=/x", "source=/a,target=x",
            "type=tmpfs,source=/a,target=/x", "target=/x,unknown=1", "target=/", "type=bind,source=a,target=/x",
            "type=bind,source=/a,target=/x,bind-propagation=no",
        ] {
            #expect(throws: RuntimeError.self) { try MountFlag.mount(wrong, workingDirectory: "/") }
        }
    }

    @Test func volumesHaveOptionsAndRelativePaths() throws {
        #expect(try VolumeFlag.mount("./a:/x:ro,rslave", workingDirectory: "/work").source == .bind(path: "/work/a"))
        #expect(try VolumeFlag.mount("../b:/x", workingDirectory: "/work/c").source == .bind(path: "/work/b"))
        let mount = try VolumeFlag.mount("data:/x:nocopy,ro")
        #expect(mount.readOnly && !mount.copiesImageContent)
        #expect(try VolumeFlag.mount("/x").isAnonymous)
        #expect(throws: RuntimeError.self) { try VolumeFlag.mount("data:/x:nonsense") }
    }

    @Test func memoryFileSystems() throws {
        let mount = try TmpfsFlag.mount("/run:rw,size=64m,mode=1770,uid=5,gid=6,exec")
        #expect(
            mount.source
                == .memory(TemporaryFileSystem(size: 64 << 20, mode: 0o1770, uid: 5, gid: 6, isExecutable: true)))
        #expect(try TmpfsFlag.mount("/run:ro").readOnly)
        for wrong in ["run", "/run:size=x", "/run:mode=9", "/run:suid=1", "/run:bogus"] {
            #expect(throws: RuntimeError.self) { try TmpfsFlag.mount(wrong) }
        }
    }

    @Test func limitsAndDevices() throws {
        #expect(try SecurityFlags.limit("nofile=1024:2048") == ProcessLimit(name: "nofile", soft: 1024, hard: 2048))
        #expect(try SecurityFlags.limit("core=-1") == ProcessLimit(name: "core", soft: -1, hard: -1))
        #expect(throws: RuntimeError.self) { try SecurityFlags.limit("nofile") }
        #expect(throws: RuntimeError.self) { try SecurityFlags.limit("nofile=a") }
        #expect(try FileFlags.device("/dev/fuse") == DeviceMapping(path: "/dev/fuse"))
        #expect(try FileFlags.device("/dev/fuse:/dev/x:rwm") == DeviceMapping(path: "/dev/fuse", target: "/dev/x"))
        #expect(throws: RuntimeError.self) { try FileFlags.device("/dev/fuse:r") }
        #expect(throws: RuntimeError.self) { try FileFlags.device("fuse") }
        #expect(try FileFlags.layerSize("size=64m") == 64 << 20)
        for wrong in ["size", "size=big", "quota=64m"] {
            #expect(throws: RuntimeError.self) { try FileFlags.layerSize(wrong) }
        }
    }

    @Test func moments() throws {
        #expect(TimeFlag.seconds("10m", now: 1000) == 400)
        #expect(TimeFlag.seconds("1h30m", now: 10_000) == 4600)
        #expect(TimeFlag.seconds("1700000000.5", now: 0) == 1_700_000_000.5)
        #expect(TimeFlag.seconds("2024-01-02T03:04:05Z", now: 0) == 1_704_164_645)
        #expect(TimeFlag.seconds("2024-01-02T03:04:05.25Z", now: 0) == 1_704_164_645.25)
        #expect(TimeFlag.seconds("2024-01-02T12:04:05+09:00", now: 0) == 1_704_164_645)
        #expect(TimeFlag.seconds("2024-01-02T03:04", now: 0) != nil)
        for wrong in ["", "yesterday", "2024-13", "2024-01-02T", "2024-01-02T03:04:05X", "5 minutes"] {
            #expect(TimeFlag.seconds(wrong, now: 0) == nil, "\(wrong)")
        }
    }

    @Test func sizesInPowersOf1024() {
        #expect(ByteSize.binary(0) == "0B")
        #expect(ByteSize.binary(64 << 20) == "64MiB")
        #expect(ByteSize.binary(1_294_336) == "1.234MiB")
        #expect(ByteSize.binary(25_275_000_000) == "23.54GiB")
    }

    @Test func detachKeysAreFoundInPieces() throws {
        #expect(DetachKeys("ctrl-p,ctrl-q") == .standard)
        #expect(DetachKeys("ctrl-[,a")?.bytes == [0x1b, 0x61])
        #expect(DetachKeys("ctrl-") == nil)
        #expect(DetachKeys("ab") == nil)
        var finder = DetachKeyFinder(.standard)
        #expect(finder.pass([0x61, 0x10]).bytes == [0x61])
        // A Ctrl-P that was meant for the program comes with the next key.
        #expect(finder.pass([0x62]).bytes == [0x10, 0x62])
        #expect(finder.pass([0x10, 0x10]).bytes == [0x10])
        let found = finder.pass([0x11, 0x63])
        #expect(found.isFound && found.bytes.isEmpty)
    }

    @Test func filtersOfEvents() throws {
        let event = EngineEvent(
            kind: .container, action: "health_status: healthy", actor: "abcdef",
            attributes: ["name": "web", "image": "busybox:latest", "role": "x"], time: 1)
        for texts in [
            [], ["event=health_status"], ["event=die", "event=health_status: healthy"], ["container=web"],
            ["container=abc"], ["image=busybox"], ["label=role"], ["label=role=x", "type=container"],
        ] {
            #expect(try EventFilter(texts).matches(event), "\(texts)")
        }
        for texts in [["event=die"], ["container=db"], ["label=role=y"], ["type=image"], ["label=other"]] {
            #expect(try !EventFilter(texts).matches(event), "\(texts)")
        }
        #expect(throws: RuntimeError.self) { try EventFilter(["colour=red"]) }
    }
}
