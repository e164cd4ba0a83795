import CLinux
import ContainerRuntime
import Glibc
import LinuxKernel

/// Puts together what the zygote needs to know of a process.
extension ContainerEngine {
    func specification(
        of record: ContainerRecord, in sandbox: SandboxRecord, _ streams: ContainerPipes,
        _ limits: (any ResourceLimits)?
    ) async throws(RuntimeError) -> ZygoteMessage {
        let wanted = record.configuration
        let image = record.image
        var contents = ZygoteMessage()
        try await addProcess(
            &contents, record, command: record.status.command,
            environment: CommandLine.environment(wanted, image: image, hostname: sandbox.configuration.hostname),
            directory: wanted.workingDirectory ?? image.workingDirectory, user: wanted.user ?? image.user)
        for path in record.lowerPaths { contents.add(ZYGOTE_LOWER, path) }
        contents.add(ZYGOTE_UPPER, Self.layerPath(record.id, wanted))
        record.identity = onlyIdentity(of: record)
        if !record.identity.isRoot {
            contents.add(ZYGOTE_IDENTITY, UInt64(record.identity.user) | UInt64(record.identity.group) << 32)
        }
        var flags: Int32 = 0
        if wanted.terminal { flags |= Int32(ZYGOTE_PROCESS_TERMINAL) }
        if wanted.readOnlyRoot { flags |= Int32(ZYGOTE_PROCESS_READ_ONLY_ROOT) }
        flags |= try addSettings(&contents, record)
        contents.add(ZYGOTE_FLAGS, flags)
        contents.add(ZYGOTE_SHARED, Self.cloneFlags(wanted.sharedWithHost))
        if let size = record.terminalSize { Self.add(size, to: &contents) }
        for end in [streams.input?.readEnd, streams.output?.writeEnd, streams.error?.writeEnd] {
            contents.add(ZYGOTE_STDIO, end.map { contents.add($0) } ?? -1)
        }
        for membership in limits?.memberships ?? [] {
            contents.add(ZYGOTE_CGROUP, contents.add(membership))
        }
        try await addMounts(&contents, wanted, sandbox)
        return contents
    }

    /// Whom the one id of this harbour is to be in a container; root where there are more, or where there is no such user.
    private func onlyIdentity(of record: ContainerRecord) -> ContainerIdentity {
        guard harbour.idCount == 1, !record.configuration.sharedWithHost.contains(.user) else {
            return ContainerIdentity()
        }
        let user = record.configuration.user ?? record.image.user
        return user.isEmpty
            ? ContainerIdentity()
            : ContainerIdentity.find(user, in: record.status.lowerDirectories) ?? ContainerIdentity()
    }

    /// What a container's first process and an exec'ed one have in common.
    func addProcess(
        _ contents: inout ZygoteMessage, _ record: ContainerRecord, command: [String], environment: [String],
        directory: String, user: String, isPrivileged: Bool = false
    ) async throws(RuntimeError) {
        for argument in command { contents.add(ZYGOTE_ARGUMENT, argument) }
        for entry in environment { contents.add(ZYGOTE_ENVIRONMENT, entry) }
        if !directory.isEmpty { contents.add(ZYGOTE_DIRECTORY, directory) }
        if !user.isEmpty { contents.add(ZYGOTE_USER, user) }
        var configuration = record.configuration
        if isPrivileged { configuration.isPrivileged = true }
        try checkSecurity(configuration)
        let capabilities = try capabilities(of: configuration)
        contents.add(ZYGOTE_CAPABILITIES, capabilities.rawValue)
        if let limit = Self.processLimit(record) { contents.add(ZYGOTE_PROCESS_LIMIT, UInt64(limit)) }
        for group in record.configuration.additionalGroups { contents.add(ZYGOTE_GROUP, group) }
        addProcessLimits(&contents, record.configuration)
        try OutOfMemoryScore.add(record.configuration.oomScoreAdjustment, to: &contents)
        contents.add(ZYGOTE_FILTER, try await filter(for: capabilities, configuration))
    }

    /// Of a user of a container's user namespace (`RLIMIT_NPROC`), where no control group counts: a fork bomb must not
    /// take the machine's last process id. The zygote limits all containers together.
    private static let standardProcessLimit = 2048

    private static func processLimit(_ record: ContainerRecord) -> Int? {
        // With the harbour's user namespace the processes of all containers would count.
        if record.configuration.sharedWithHost.contains(.user) { return nil }
        guard let limit = record.configuration.resources.pids else { return standardProcessLimit }
        return record.status.limitsAreEmulated ? limit : nil
    }

    static func add(_ size: TerminalSize, to contents: inout ZygoteMessage) {
        contents.add(ZYGOTE_SIZE, UInt32(size.columns) | UInt32(size.rows) << 16)
    }

    static func cloneFlags(_ kinds: Set<NamespaceKind>) -> UInt32 {
        kinds.reduce(0) { flags, kind in
            flags
                | UInt32(
                    bitPattern: {
                        switch kind {
                        case .pid: 0x2000_0000
                        case .mount: 0x0002_0000
                        case .network: 0x4000_0000
                        case .uts: 0x0400_0000
                        case .ipc: 0x0800_0000
                        case .user: 0x1000_0000
                        case .cgroup: 0x0200_0000
                        }
                    }())
        }
    }

    // MARK: Mounts

    private func addMounts(
        _ contents: inout ZygoteMessage, _ wanted: ContainerConfiguration, _ sandbox: SandboxRecord
    ) async throws(RuntimeError) {
        let files = "/run/sandboxes/\(sandbox.status.id)"
        var names = ["hosts", "hostname"]
        if resolution(of: sandbox) != nil { names.append("resolv.conf") }
        let taken = Set(wanted.mounts.map(\.target))
        for name in names where !taken.contains("/etc/\(name)") {
            add(&contents, ZYGOTE_MOUNT_BIND, source: "\(files)/\(name)", target: "/etc/\(name)", readOnly: false)
        }
        // What a container is kept from there is kept from it by path.
        for mount in wanted.mounts where mount.target.split(separator: "/").first == "proc" {
            throw .invalid(field: "mounts", reason: "\(mount.target) is inside /proc")
        }
        // What lies deeper is mounted later.
        let sorted = wanted.mounts.enumerated().sorted { first, second in
            let depths = (first.element.depth, second.element.depth)
            return depths.0 == depths.1 ? first.offset < second.offset : depths.0 < depths.1
        }
        for (_, mount) in sorted { try await add(&contents, mount, in: sandbox) }
    }

    private func add(
        _ contents: inout ZygoteMessage, _ kind: zygote_mount_kind, source: String, target: String, readOnly: Bool,
        descriptor: Int32 = -1, size: Int? = nil, flags: Int = 0
    ) {
        let mount = zygote_mount(
            kind: UInt32(kind.rawValue), flags: UInt32(flags | (readOnly ? ZYGOTE_MOUNT_READ_ONLY : 0)),
            descriptor: descriptor, reserved: 0, size: UInt64(size ?? 0))
        withUnsafeBytes(of: mount) { contents.add(ZYGOTE_MOUNT, bytes: $0) }
        if !source.isEmpty { contents.add(ZYGOTE_SOURCE, source) }
        contents.add(ZYGOTE_TARGET, target)
    }

    private func add(
        _ contents: inout ZygoteMessage, _ mount: Mount, in sandbox: SandboxRecord
    ) async throws(RuntimeError) {
        switch mount.source {
        case .tmpfs(let size):
            add(&contents, ZYGOTE_MOUNT_TMPFS, source: "", target: mount.target, readOnly: mount.readOnly, size: size)
        case .memory(let wanted):
            add(
                &contents, ZYGOTE_MOUNT_TMPFS, source: "", target: mount.target, readOnly: mount.readOnly,
                size: wanted.size, flags: wanted.isExecutable ? ZYGOTE_MOUNT_EXECUTABLE : 0)
            if let mode = wanted.mode { contents.add(ZYGOTE_OPTION, "mode=\(String(mode, radix: 8))") }
            if let uid = wanted.uid { contents.add(ZYGOTE_OPTION, "uid=\(uid)") }
            if let gid = wanted.gid { contents.add(ZYGOTE_OPTION, "gid=\(gid)") }
        case .files(let files):
            add(&contents, ZYGOTE_MOUNT_FILES, source: "", target: mount.target, readOnly: mount.readOnly)
            for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
                if name.isEmpty || name.hasPrefix("/") || name.split(separator: "/").contains("..") {
                    throw .invalid(field: "mounts", reason: "\(name) is not a relative path")
                }
                contents.add(ZYGOTE_FILE, bytes: Array(name.utf8) + [0] + bytes)
            }
        case .volume(let name):
            let path = try volumePath(name)
            // One that is there belongs to whoever uses it: a database's user, say.
            if access(path, F_OK) != 0 {
                try Self.makeDirectory(path)
                own(path)
            }
            add(
                &contents, ZYGOTE_MOUNT_BIND, source: harbourPath(path), target: mount.target,
                readOnly: mount.readOnly, flags: mount.copiesImageContent ? ZYGOTE_MOUNT_COPY_UP : 0)
        case .sandbox(let name):
            let parent = sharedDirectories(of: sandbox.status.id)
            let path = "\(parent)/\(try Self.volumeName(name))"
            if access(path, F_OK) != 0 {
                try Self.makeDirectory(path)
                // Both, because the harbour's root removes them.
                own(parent)
                own(path)
                chmod(path, 0o777)
            }
            add(
                &contents, ZYGOTE_MOUNT_BIND, source: harbourPath(path), target: mount.target, readOnly: mount.readOnly)
        case .bind(let path):
            // As docker's -v: a source that is not there is made.
            if access(path, F_OK) != 0 {
                if mount.requiresSource { throw Self.missingSource(path) }
                try Self.makeDirectory(path)
                own(path)
            }
            let opened = try openMountSource(path, mapsOwners: false).map { contents.add($0) }
            add(
                &contents, ZYGOTE_MOUNT_BIND, source: "/host" + path, target: mount.target, readOnly: mount.readOnly,
                descriptor: opened ?? -1)
        case .container(let id, let path):
            let opened = contents.add(try await openMountSource(of: id, path, makes: !mount.requiresSource))
            add(
                &contents, ZYGOTE_MOUNT_BIND, source: path, target: mount.target, readOnly: mount.readOnly,
                descriptor: opened)
        case .entrusted(let path), .copyOnWrite(let path):
            let isCopy = if case .copyOnWrite = mount.source { true } else { false }
            let opened = try openMountSource(path, mapsOwners: true).map { contents.add($0) }
            add(
                &contents, isCopy ? ZYGOTE_MOUNT_COPY_ON_WRITE : ZYGOTE_MOUNT_BIND, source: "/host" + path,
                target: mount.target, readOnly: mount.readOnly, descriptor: opened ?? -1)
        }
    }

    /// A detached mount of a directory of this machine's: as root only, because there the harbour's root is somebody else,
    /// who may not walk to the path. An ordinary user is the harbour's root, and the path will do.
    /// - Parameter mapsOwners: what is root's here is the container's root's. Never so for what may be written and is
    ///   not ours: `-v /etc:/x` would hand out the machine.
    private func openMountSource(_ path: String, mapsOwners: Bool) throws(RuntimeError) -> FileDescriptor? {
        guard path.hasPrefix("/") else { throw .invalid(field: "mounts", reason: "\(path) is not an absolute path") }
        guard harbour.rootID != geteuid() else {
            if access(path, F_OK) != 0 { throw .system(stage: "open mount source", errno: errno, path: path) }
            return nil
        }
        do throws(Errno) {
            let flags = UInt32(1) | UInt32(bitPattern: O_CLOEXEC) | 0x8000  // OPEN_TREE_CLONE, AT_RECURSIVE
            let mount = FileDescriptor(owning: try checked { kijabi_open_tree(AT_FDCWD, path, flags) })
            guard mapsOwners else { return mount }
            let namespace = try FileDescriptor.open("/proc/\(harbour.pid)/ns/user", O_RDONLY)
            // Some file systems cannot map ids; then the container sees the files as nobody's.
            _ = kijabi_map_mount(mount.number, namespace.number)
            return mount
        } catch {
            throw .system(stage: "open mount source", errno: error.code, path: path)
        }
    }

    /// A detached mount of a directory or file of another container.
    private func openMountSource(
        of id: String, _ path: String, makes: Bool
    ) async throws(RuntimeError) -> FileDescriptor {
        var id = id
        while containersByID[id] == nil, let next = successors[id] { id = next }
        guard let process = containersByID[id]?.process else {
            throw .conflict("bind source path \(path): the container that it is in does not run: \(id.prefix(12))")
        }
        var contents = ZygoteMessage()
        contents.add(ZYGOTE_SOURCE, path)
        do {
            let reply = try await harbour.ask(ZYGOTE_OPEN_MOUNT, process.number, makes ? 1 : 0, 0, contents)
            return FileDescriptor(owning: try Harbour.take(reply))
        } catch {
            guard !makes, case .system(_, ENOENT, _) = error else { throw error }
            throw Self.missingSource(path)
        }
    }

    private static func missingSource(_ path: String) -> RuntimeError {
        .conflict("invalid mount config for type \"bind\": bind source path does not exist: \(path)")
    }

    // MARK: Volumes

    func volumePath(_ name: String) throws(RuntimeError) -> String {
        "\(configuration.dataDirectory)/volumes/\(try Self.volumeName(name))"
    }

    /// Where the directories are that a sandbox's containers share.
    func sharedDirectories(of sandbox: String) -> String { "\(runDirectory)/sandboxes/\(sandbox)/shared" }

    private static func volumeName(_ name: String) throws(RuntimeError) -> String {
        guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/") else {
            throw .invalid(field: "volume", reason: "\(name) is not a name for a volume")
        }
        return name
    }
}

extension Mount {
    fileprivate var depth: Int { target.split(separator: "/").count }
}
