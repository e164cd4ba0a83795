import Commands
import ContainerRuntime
import Terminal

/// What a container finds in its file tree: volumes, directories of the machine, devices.
enum FileFlags {
    static let flags: [Flag] = [
        Flag(
            "volume", short: "v", .list, placeholder: "SOURCE:TARGET[:ro]",
            summary: Localized(ko: "볼륨이나 디렉터리를 붙인다", en: "Mount a volume or a directory")),
        Flag(
            "mount", .list, placeholder: "type=…,source=…,target=…",
            summary: Localized(ko: "마운트 (bind, volume, tmpfs)", en: "Attach a file system mount")),
        Flag(
            "tmpfs", .list, placeholder: "PATH[:OPTIONS]",
            summary: Localized(ko: "메모리 파일 시스템", en: "Mount a memory file system")),
        Flag(
            "volumes-from", .list, placeholder: "CONTAINER",
            summary: Localized(ko: "다른 컨테이너의 볼륨도 붙인다", en: "Mount the volumes of another container")),
        Flag("read-only", summary: Localized(ko: "루트를 읽기 전용으로", en: "Root file system read-only")),
        Flag(
            "storage-opt", .list, placeholder: "size=SIZE",
            summary: Localized(ko: "바꾼 파일이 차지할 수 있는 크기", en: "How much its changes to files may take")),
        Flag("shm-size", .text, placeholder: "SIZE", summary: Localized(ko: "/dev/shm 크기", en: "Size of /dev/shm")),
        Flag(
            "device", .list, placeholder: "PATH[:TARGET]", summary: Localized(ko: "장치를 붙인다", en: "Add a device")),
        Flag(
            "workdir", short: "w", .text, placeholder: "DIR", summary: Localized(ko: "작업 디렉터리", en: "Working directory")
        ),
    ]

    static func apply(
        _ line: Invocation, _ context: CommandContext, to configuration: inout ContainerConfiguration
    ) async throws(RuntimeError) {
        for text in line.all("volume") {
            configuration.mounts.append(try VolumeFlag.mount(text, workingDirectory: context.workingDirectory))
        }
        for text in line.all("mount") {
            configuration.mounts.append(try MountFlag.mount(text, workingDirectory: context.workingDirectory))
        }
        try await findSources(of: &configuration.mounts, context)
        for text in line.all("tmpfs") { configuration.mounts.append(try TmpfsFlag.mount(text)) }
        var targets: Set<String> = []
        for mount in configuration.mounts where !targets.insert(mount.target).inserted {
            throw .conflict("Duplicate mount point: \(mount.target)")
        }
        configuration.volumesFrom = line.all("volumes-from")
        configuration.readOnlyRoot = line.isOn("read-only")
        configuration.workingDirectory = line["workdir"]
        if let directory = configuration.workingDirectory, !directory.hasPrefix("/") {
            throw .conflict("the working directory '\(directory)' is invalid, it needs to be an absolute path")
        }
        if let size = try ResourceFlags.size(line, "shm-size") {
            if size <= 0 { throw .conflict("SHM size can not be less than 0") }
            configuration.sharedMemorySize = size
        }
        for option in line.all("storage-opt") { configuration.layerSize = try layerSize(option) }
        configuration.devices = try line.all("device").map { text throws(RuntimeError) in try device(text) }
    }

    /// A path means what it means to whoever typed it: in a container, that container's file.
    private static func findSources(of mounts: inout [Mount], _ context: CommandContext) async throws(RuntimeError) {
        for index in mounts.indices {
            guard case .bind(let path) = mounts[index].source else { continue }
            do throws(FileAccessError) {
                guard let id = try await context.files.container() else { return }
                mounts[index].source = .container(id: id, path: path)
            } catch {
                throw .system(stage: "open mount source", errno: error.errno, path: path)
            }
        }
    }

    /// `size=64m`, the one option that docker's overlay driver has.
    static func layerSize(_ option: String) throws(RuntimeError) -> Int {
        let pair = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard pair.count == 2, pair[0].lowercased() == "size" else {
            throw .conflict("unknown storage option \(pair[0]): there is size=SIZE, for example size=64m")
        }
        guard let size = ByteSize.parse(pair[1]) else {
            throw .invalid(field: "--storage-opt", reason: "invalid size: '\(pair[1])' (try size=64m)")
        }
        return size
    }

    /// `/dev/fuse`, `/dev/fuse:/dev/fuse`, `/dev/fuse:/dev/fuse:rwm`
    static func device(_ text: String) throws(RuntimeError) -> DeviceMapping {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let isMode = { (text: String) in !text.isEmpty && text.allSatisfy { "rwm".contains($0) } }
        if parts.count > 1, let mode = parts.last, isMode(mode) {
            guard mode.contains("w") else {
                throw .invalid(
                    field: "--device",
                    reason: "\(text): a device that can only be read needs the devices controller, which kijabi does "
                        + "without; give it whole (rwm)")
            }
            parts.removeLast()
        }
        guard (1...2).contains(parts.count), parts.allSatisfy({ $0.hasPrefix("/") }) else {
            throw .conflict("invalid argument \"\(text)\" for \"--device\" flag: \(text) is not an absolute path")
        }
        return DeviceMapping(path: parts[0], target: parts.last)
    }
}

/// `--tmpfs PATH[:OPTIONS]`, tmpfs(5).
enum TmpfsFlag {
    static func mount(_ text: String) throws(RuntimeError) -> Mount {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let target = parts.first, target.hasPrefix("/") else {
            throw .conflict("invalid mount path: '\(text)' mount path must be absolute")
        }
        var options = TemporaryFileSystem()
        var readOnly = false
        for option in parts.count > 1 ? parts[1].split(separator: ",") : [] {
            let pair = option.split(separator: "=", maxSplits: 1).map(String.init)
            func fail() -> RuntimeError { .conflict("invalid tmpfs option [\"\(option)\"]") }
            switch (pair[0], pair.count > 1 ? pair[1] : nil) {
            case ("ro", nil): readOnly = true
            case ("exec", nil): options.isExecutable = true
            case ("rw", nil), ("noexec", nil), ("nosuid", nil), ("nodev", nil), ("noatime", nil), ("relatime", nil),
                ("async", nil), ("sync", nil), ("nodiratime", nil), ("strictatime", nil):
                break
            case ("size", let value?):
                guard let size = ByteSize.parse(value) else { throw fail() }
                options.size = size
            case ("mode", let value?):
                guard let mode = UInt32(value, radix: 8), mode <= 0o7777 else { throw fail() }
                options.mode = mode
            case ("uid", let value?):
                guard let uid = UInt32(value) else { throw fail() }
                options.uid = uid
            case ("gid", let value?):
                guard let gid = UInt32(value) else { throw fail() }
                options.gid = gid
            default: throw fail()
            }
        }
        return Mount(source: .memory(options), target: target, readOnly: readOnly)
    }
}
