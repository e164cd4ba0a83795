import Commands
import ContainerRuntime
import Glibc
import Terminal

/// The flags of `docker run` and `docker create`, and the configuration they mean.
enum RunOptions {
    static let flags: [Flag] = [
        Flag("name", .text, placeholder: "NAME", summary: Localized(ko: "컨테이너 이름", en: "Name of the container")),
        Flag(
            "interactive", short: "i",
            summary: Localized(ko: "표준 입력을 열어 둔다", en: "Keep standard input open")),
        Flag("tty", short: "t", summary: Localized(ko: "터미널을 준다", en: "Give it a terminal")),
        Flag("rm", summary: Localized(ko: "끝나면 지운다", en: "Remove it when it has exited")),
        Flag(
            "env", short: "e", .list, placeholder: "NAME=VALUE",
            summary: Localized(ko: "환경 변수", en: "Environment variable")),
        Flag(
            "publish", short: "p", .list, placeholder: "HOST:CONTAINER",
            summary: Localized(ko: "포트를 밖으로 연다", en: "Publish a port on this machine")),
        Flag(
            "volume", short: "v", .list, placeholder: "SOURCE:TARGET[:ro]",
            summary: Localized(ko: "볼륨이나 디렉터리를 붙인다", en: "Mount a volume or a directory")),
        Flag(
            "tmpfs", .list, placeholder: "PATH", summary: Localized(ko: "메모리 파일 시스템", en: "Mount a memory file system")),
        Flag("memory", short: "m", .text, placeholder: "SIZE", summary: Localized(ko: "메모리 한도", en: "Memory limit")),
        Flag("cpus", .text, placeholder: "N", summary: Localized(ko: "프로세서 한도", en: "Processor limit")),
        Flag(
            "cpu-shares", .integer, placeholder: "N",
            summary: Localized(ko: "프로세서 나눔 비율", en: "Relative processor weight")),
        Flag(
            "pids-limit", .integer, placeholder: "N", summary: Localized(ko: "프로세스 수 한도", en: "Limit of processes")),
        Flag("hostname", .text, placeholder: "NAME", summary: Localized(ko: "호스트 이름", en: "Host name inside")),
        Flag("user", short: "u", .text, placeholder: "USER", summary: Localized(ko: "사용자", en: "User inside")),
        Flag(
            "workdir", short: "w", .text, placeholder: "DIR", summary: Localized(ko: "작업 디렉터리", en: "Working directory")
        ),
        Flag(
            "entrypoint", .text, placeholder: "COMMAND",
            summary: Localized(ko: "이미지의 시작 명령을 바꾼다", en: "Replace the image's entrypoint")),
        Flag("label", short: "l", .list, placeholder: "KEY=VALUE", summary: Localized(ko: "라벨", en: "Label")),
        Flag("read-only", summary: Localized(ko: "루트를 읽기 전용으로", en: "Root file system read-only")),
        Flag(
            "cap-add", .list, placeholder: "CAP", summary: Localized(ko: "권한을 더한다", en: "Add a Linux capability")),
        Flag(
            "cap-drop", .list, placeholder: "CAP", summary: Localized(ko: "권한을 뺀다", en: "Drop a Linux capability")),
        Flag(
            "stop-signal", .text, placeholder: "SIGNAL",
            summary: Localized(ko: "멈출 때 보낼 신호", en: "Signal that stops it")),
        namespaceFlag("pid"), namespaceFlag("uts"), namespaceFlag("ipc"), namespaceFlag("userns"),
        namespaceFlag("cgroupns"),
    ]

    private static func namespaceFlag(_ name: String) -> Flag {
        Flag(
            name, .text, placeholder: "host",
            summary: Localized(ko: "\(name) 네임스페이스를 함께 쓴다", en: "Share the \(name) namespace of the host"),
            allowed: ["host", "private", ""])
    }

    /// The configuration that a command line means.
    /// - Throws: `.invalid` naming the flag.
    static func configuration(_ line: Invocation) throws(RuntimeError) -> ContainerConfiguration {
        let words = line.allArguments
        var configuration = ContainerConfiguration(image: words[0], name: line["name"])
        configuration.command = words.count > 1 ? Array(words.dropFirst()) : nil
        if let entrypoint = line["entrypoint"] {
            configuration.entrypoint = entrypoint.isEmpty ? [] : [entrypoint]
        }
        configuration.environment = line.all("env").filter { $0.contains("=") }
        configuration.workingDirectory = line["workdir"]
        configuration.user = line["user"]
        for label in line.all("label") {
            let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            configuration.labels[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        configuration.terminal = line.isOn("tty")
        configuration.openInput = line.isOn("interactive")
        configuration.removeOnExit = line.isOn("rm")
        configuration.readOnlyRoot = line.isOn("read-only")
        configuration.addedCapabilities = line.all("cap-add").map(capability)
        configuration.droppedCapabilities = line.all("cap-drop").map(capability)
        if let signal = line["stop-signal"] {
            guard let number = SignalName.number(signal) else {
                throw .invalid(field: "--stop-signal", reason: "unknown signal \(signal)")
            }
            configuration.stopSignal = number
        }
        configuration.resources = try resources(line)
        for volume in line.all("volume") { configuration.mounts.append(try VolumeFlag.mount(volume)) }
        for path in line.all("tmpfs") {
            let target = String(path.split(separator: ":")[0])
            configuration.mounts.append(Mount(source: .tmpfs(size: nil), target: target))
        }
        for port in line.all("publish") { configuration.publishedPorts.append(contentsOf: try PortFlag.ports(port)) }
        let shared: [(String, NamespaceKind)] = [
            ("pid", .pid), ("uts", .uts), ("ipc", .ipc), ("userns", .user), ("cgroupns", .cgroup),
        ]
        for (flag, kind) in shared where line[flag] == "host" { configuration.sharedWithHost.insert(kind) }
        return configuration
    }

    /// The sandbox for a network flag; `container:NAME` is resolved by the caller.
    static func sandbox(_ line: Invocation, name: String, network: SandboxConfiguration.Network)
        -> SandboxConfiguration
    {
        SandboxConfiguration(name: name, hostname: line["hostname"] ?? "", network: network)
    }

    private static func capability(_ name: String) -> String {
        let upper = name.uppercased()
        return upper.hasPrefix("CAP_") ? String(upper.dropFirst(4)) : upper
    }

    private static func resources(_ line: Invocation) throws(RuntimeError) -> Resources {
        var resources = Resources()
        if let memory = line["memory"] {
            guard let bytes = ByteSize.parse(memory) else {
                throw .invalid(field: "--memory", reason: "invalid size: '\(memory)' (try 64m or 1g)")
            }
            guard bytes >= 6 * 1024 * 1024 else {
                throw .invalid(field: "--memory", reason: "Minimum memory limit allowed is 6MB")
            }
            resources.memory = bytes
        }
        if let cpus = line["cpus"] {
            let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
            guard let value = Double(cpus), value >= 0.01, value <= Double(max(processors, 1)) else {
                throw .invalid(
                    field: "--cpus",
                    reason: "'\(cpus)' is not a number of processors of this machine: 0.01 to \(processors) (try 0.5)")
            }
            resources.cpus = value
        }
        resources.cpuShares = line.integer("cpu-shares")
        if let pids = line.integer("pids-limit"), pids > 0 { resources.pids = pids }
        return resources
    }
}
