import Documents
import Glibc
import LinuxKernel

/// An OCI bundle (runtime-spec, bundle.md) that does what `run-none` does: busybox's `true` in namespaces of its own,
/// without control groups and without a network.
struct PeerBundle: Sendable {
    let directory: ScratchDirectory
    var root: String { directory.path + "/rootfs" }

    init(parent: String) throws {
        directory = try ScratchDirectory(parent: parent)
        guard let busybox = ForeignProgram.find("busybox") else { throw BenchmarkError("there is no busybox") }
        for name in ["", "/bin", "/proc", "/dev", "/sys", "/tmp"] {
            guard mkdir(root + name, 0o755) == 0 else { throw Self.refused(root + name) }
        }
        guard link(busybox, root + "/bin/busybox") == 0 || Self.copy(busybox, to: root + "/bin/busybox"),
            symlink("busybox", root + "/bin/true") == 0
        else { throw Self.refused(root) }
        try Self.write(Self.configuration.prettyPrinted(indent: 2), to: directory.path + "/config.json")
    }

    private static var configuration: JSONValue {
        let kinds = ["pid", "mount", "uts", "ipc", "network", "user"]
        func mapping(_ id: UInt32) -> JSONValue {
            [["containerID": 0, "hostID": .integer(Int(id)), "size": 1]]
        }
        return [
            "ociVersion": "1.0.2",
            "process": [
                "terminal": false, "user": ["uid": 0, "gid": 0], "args": ["/bin/true"], "env": ["PATH=/bin"],
                "cwd": "/", "noNewPrivileges": true,
            ],
            "root": ["path": "rootfs"],
            "hostname": "box",
            "mounts": [
                ["destination": "/proc", "type": "proc", "source": "proc"],
                [
                    "destination": "/dev", "type": "tmpfs", "source": "tmpfs",
                    "options": ["nosuid", "mode=755"],
                ],
            ],
            "linux": [
                "namespaces": .array(kinds.map { ["type": .string($0)] }),
                "uidMappings": mapping(geteuid()), "gidMappings": mapping(getegid()),
            ],
        ]
    }

    private static func copy(_ source: String, to target: String) -> Bool {
        guard let input = try? FileDescriptor.open(source, O_RDONLY),
            let output = try? FileDescriptor.open(target, O_WRONLY | O_CREAT | O_EXCL, mode: 0o755)
        else { return false }
        while true {
            let count = sendfile(output.number, input.number, nil, 1 << 20)
            if count <= 0 { return count == 0 }
        }
    }

    private static func write(_ text: String, to path: String) throws {
        let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
        let bytes = Array(text.utf8)
        guard Glibc.write(file.number, bytes, bytes.count) == bytes.count else { throw refused(path) }
    }

    private static func refused(_ path: String) -> BenchmarkError {
        BenchmarkError("\(path): \(String(cString: strerror(errno)))")
    }
}
