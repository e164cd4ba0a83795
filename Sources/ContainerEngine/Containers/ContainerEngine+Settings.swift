import CLinux
import ContainerRuntime
import Glibc
import LinuxKernel

/// What single flags of docker run mean to the zygote.
extension ContainerEngine {
    /// Adds what only a container's first process is told.
    /// - Returns: further `ZYGOTE_PROCESS_*` flags.
    func addSettings(_ contents: inout ZygoteMessage, _ record: ContainerRecord) throws(RuntimeError) -> Int32 {
        let wanted = record.configuration
        var flags: Int32 = 0
        if wanted.usesInit { flags |= Int32(ZYGOTE_PROCESS_INIT) }
        if wanted.isPrivileged || wanted.security.showsAllPaths { flags |= Int32(ZYGOTE_PROCESS_ALL_PATHS) }
        let devices = wanted.devices + (wanted.isPrivileged ? Self.privilegedDevices : [])
        if !devices.isEmpty {
            flags |= Int32(ZYGOTE_PROCESS_OWN_DEVICES)
            for device in devices {
                contents.add(ZYGOTE_DEVICE, bytes: Array(device.path.utf8) + [0] + Array(device.target.utf8) + [0])
            }
        }
        for (name, value) in wanted.kernelParameters.sorted(by: { $0.key < $1.key }) {
            let path = name.contains("/") ? name : name.replacing(".", with: "/")
            contents.add(ZYGOTE_SYSCTL, bytes: Array(path.utf8) + [0] + Array(value.utf8) + [0])
        }
        if let size = wanted.sharedMemorySize { contents.add(ZYGOTE_SHM_SIZE, "\(size)") }
        for (other, kinds) in try joined(wanted) {
            let join = zygote_join(kinds: kinds, process: other)
            withUnsafeBytes(of: join) { contents.add(ZYGOTE_JOIN, bytes: $0) }
        }
        return flags
    }

    /// Devices of the machine that a privileged container sees, as far as there are any.
    private static var privilegedDevices: [DeviceMapping] {
        (["/dev/fuse", "/dev/kvm", "/dev/net/tun"] as [String]).filter { access($0, F_OK) == 0 }.map {
            DeviceMapping(path: $0)
        }
    }

    /// The first processes of the containers whose namespaces it joins, by their numbers at the zygote.
    private func joined(_ wanted: ContainerConfiguration) throws(RuntimeError) -> [(process: Int32, kinds: UInt32)] {
        var found: [(process: Int32, kinds: UInt32)] = []
        for (kind, name) in wanted.sharedWithContainer.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let other = try record(name)
            guard let process = other.process else {
                throw .conflict("cannot join \(kind.rawValue) of a non running container: \(other.id)")
            }
            let flags = Self.cloneFlags([kind])
            if let index = found.firstIndex(where: { $0.process == process.number }) {
                found[index].kinds |= flags
            } else {
                found.append((process.number, flags))
            }
        }
        return found
    }

    /// Makes the place of a container's changes a file system of its own. Not so for all: each is one mount more, which
    /// every later container's mount namespace begins with.
    func limitLayer(_ path: String, size: Int) async throws(RuntimeError) {
        var contents = ZygoteMessage()
        contents.add(ZYGOTE_SOURCE, path)
        contents.add(ZYGOTE_OPTION, "size=\(size)")
        do {
            _ = try await harbour.ask(ZYGOTE_LIMIT_LAYER, 0, 0, 0, contents)
        } catch {
            guard case .system(_, EOPNOTSUPP, _) = error else { throw error }
            throw .unavailable(reason: "--storage-opt size needs attributes of files in memory: Linux 6.6 or later")
        }
    }

    func addProcessLimits(_ contents: inout ZygoteMessage, _ wanted: ContainerConfiguration) {
        for limit in wanted.processLimits {
            guard let resource = Self.resourceNumbers[limit.name] else { continue }
            let encoded = zygote_rlimit(
                resource: resource, reserved: 0, soft: UInt64(bitPattern: Int64(limit.soft)),
                hard: UInt64(bitPattern: Int64(limit.hard)))
            withUnsafeBytes(of: encoded) { contents.add(ZYGOTE_RLIMIT, bytes: $0) }
        }
    }

    /// asm-generic/resource.h; -1 as an unsigned number is RLIM_INFINITY.
    static let resourceNumbers: [String: Int32] = [
        "cpu": 0, "fsize": 1, "data": 2, "stack": 3, "core": 4, "rss": 5, "nproc": 6, "nofile": 7, "memlock": 8,
        "locks": 9, "sigpending": 10, "msgqueue": 11, "nice": 12, "rtprio": 13, "rttime": 14,
    ]

    // MARK: Checks

    func checkSettings(_ wanted: ContainerConfiguration) throws(RuntimeError) {
        for limit in wanted.processLimits {
            guard Self.resourceNumbers[limit.name] != nil else {
                throw .conflict("invalid ulimit type: \(limit.name)")
            }
            if limit.hard >= 0, limit.soft > limit.hard || limit.soft < 0 {
                throw .conflict(
                    "ulimit soft limit must be less than or equal to hard limit: \(limit.soft) > \(limit.hard)")
            }
        }
        for name in wanted.kernelParameters.keys {
            let dotted = name.replacing("/", with: ".")
            let isNetwork = dotted.hasPrefix("net.")
            let ipc = ["kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue."]
            guard isNetwork || ipc.contains(where: { dotted.hasPrefix($0) }), !dotted.contains("..") else {
                throw .conflict("sysctl \"\(name)\" is not in a separate kernel namespace")
            }
            if isNetwork, wanted.sharedWithHost.contains(.network) {
                throw .conflict("sysctl \"\(name)\" is not allowed when host network is used")
            }
            if !isNetwork, wanted.sharedWithHost.contains(.ipc) {
                throw .conflict("sysctl \"\(name)\" is not allowed when host ipc namespace is used")
            }
        }
        if harbour.idCount == 1, let group = wanted.additionalGroups.first {
            throw .invalid(
                field: "--group-add",
                reason: "\(group): this machine grants you one group id, and a process that has it can be in no other")
        }
        if let size = wanted.layerSize, size <= 0 {
            throw .conflict("invalid storage option: size must be more than 0")
        }
        if let score = wanted.oomScoreAdjustment, !(-1000...1000).contains(score) {
            throw .conflict("Invalid value \(score), range for oom score adj is [-1000, 1000]")
        }
        if wanted.removeOnExit, wanted.restartPolicy != .never {
            throw .conflict("can't create 'AutoRemove' container with restart policy")
        }
        for device in wanted.devices {
            if access(device.path, F_OK) != 0 {
                throw .conflict(
                    "error gathering device information while adding custom device \"\(device.path)\": "
                        + "no such file or directory")
            }
            if !device.target.hasPrefix("/dev/") {
                throw .invalid(field: "--device", reason: "\(device.target) is not below /dev")
            }
        }
        for name in wanted.sharedWithContainer.values { _ = try record(name) }
    }

    // MARK: The image's part

    /// Takes over what only the image says: its volumes, its health check stays in the image.
    func complete(_ wanted: inout ContainerConfiguration, _ image: ImageSummary) throws(RuntimeError) {
        for text in wanted.volumesFrom {
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            let other = try record(parts.first ?? "")
            for var mount in other.configuration.mounts {
                switch mount.source {
                case .bind, .container, .volume, .entrusted: break
                default: continue
                }
                if parts.count > 1, parts[1] == "ro" { mount.readOnly = true }
                mount.isAnonymous = false
                if !wanted.mounts.contains(where: { $0.target == mount.target }) { wanted.mounts.append(mount) }
            }
        }
        for target in image.volumes where !wanted.mounts.contains(where: { $0.target == target }) {
            // Names come from a seed, and volumes outlive the session that drew them.
            var name = generator.identifier()
            while access(try volumePath(name), F_OK) == 0 { name = generator.identifier() }
            var mount = Mount(source: .volume(name: name), target: target)
            mount.isAnonymous = true
            wanted.mounts.append(mount)
        }
    }

    /// As docker inspect shows them.
    func mountPoints(_ wanted: ContainerConfiguration) -> [MountPoint] {
        wanted.mounts.compactMap { mount in
            switch mount.source {
            case .bind(let path), .container(_, let path), .entrusted(let path), .copyOnWrite(let path):
                MountPoint(kind: .bind, source: path, target: mount.target, readOnly: mount.readOnly)
            case .volume(let name):
                MountPoint(
                    kind: .volume, name: name, source: (try? volumePath(name)) ?? "", target: mount.target,
                    readOnly: mount.readOnly)
            case .tmpfs, .memory, .files:
                MountPoint(kind: .tmpfs, source: "", target: mount.target, readOnly: mount.readOnly)
            case .sandbox(let name):
                MountPoint(kind: .volume, name: name, source: "", target: mount.target, readOnly: mount.readOnly)
            }
        }
    }
}
