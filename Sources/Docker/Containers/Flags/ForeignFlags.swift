import Commands
import ContainerRuntime
import Terminal

/// Flags of docker's run and create that mean nothing here: understood, so that a line copied from elsewhere is answered
/// with a reason, and not with "unknown flag".
enum ForeignFlags {
    private enum Answer {
        /// Nothing depends on it: it is done without, and that is said.
        case discarded(String)
        /// Without it the container would not be what was asked for.
        case refused(String)
        /// These values are what is here anyway.
        case onlyAs([String], String)
    }

    private static let layersInMemory = "what containers write lies in memory here"

    private static let answers: [(name: String, kind: Flag.Kind, answer: Answer)] = [
        ("memory-swappiness", .integer, .discarded("Memory swappiness is the machine's own here")),
        ("oom-kill-disable", .toggle, .discarded("the kernel of today always ends a container that is out of memory")),
        (
            "kernel-memory", .text,
            .discarded("--kernel-memory has been deprecated: the kernel counts all memory together")
        ),
        ("blkio-weight", .integer, .discarded("\(layersInMemory): there is no block I/O to share out")),
        ("blkio-weight-device", .list, .discarded("\(layersInMemory): there is no block I/O to share out")),
        ("device-read-bps", .list, .refused("\(layersInMemory): there is no disk to slow down")),
        ("device-read-iops", .list, .refused("\(layersInMemory): there is no disk to slow down")),
        ("device-write-bps", .list, .refused("\(layersInMemory): there is no disk to slow down")),
        ("device-write-iops", .list, .refused("\(layersInMemory): there is no disk to slow down")),
        ("disable-content-trust", .toggle, .discarded("images are verified by their digests, whatever this says")),
        (
            "gpus", .text,
            .refused("could not select device driver \"\" with capabilities: [[gpu]]")
        ),
        (
            "device-cgroup-rule", .list,
            .refused("devices are given one by one here, with --device: there is no devices controller")
        ),
        ("cpu-rt-runtime", .text, .refused("Your kernel does not support CPU real-time runtime")),
        ("cpu-rt-period", .text, .refused("Your kernel does not support CPU real-time period")),
        ("cpu-count", .integer, .refused("it is for Windows; use --cpus")),
        ("cpu-percent", .integer, .refused("it is for Windows; use --cpus")),
        ("io-maxbandwidth", .text, .refused("it is for Windows")),
        ("io-maxiops", .text, .refused("it is for Windows")),
        (
            "cgroup-parent", .text,
            .refused("kijabi makes the control groups itself; 'xray NAME' shows which one a container is in")
        ),
        (
            "use-api-socket", .toggle,
            .refused("there is no daemon here and so no socket: inside of the shell, 'docker' is this very program")
        ),
        ("ip6", .text, .refused("networks are IPv4 only here")),
        ("link-local-ip", .list, .refused("containers have addresses of their networks only")),
        ("isolation", .text, .onlyAs(["", "default", "process"], "invalid isolation mode on linux")),
        ("runtime", .text, .onlyAs(["", "kijabi-zygote"], "unknown or invalid runtime name")),
        ("volume-driver", .text, .onlyAs(["", "local"], "error looking up volume plugin")),
    ]

    /// What to do instead, for a refusal of `--NAME`.
    static func hint(_ flag: String) -> Localized? {
        switch flag {
        case "--gpus":
            Localized(
                ko: "그래픽 카드를 다루는 드라이버가 여기 없어요. 장치 파일을 그대로 줄 수는 있어요: --device /dev/dri/renderD128",
                en: "There is no driver for graphics cards here. A device file can be given as it is: --device "
                    + "/dev/dri/renderD128")
        case "--runtime":
            Localized(
                ko: "컨테이너를 만드는 것은 kijabi 자신이에요. --runtime 을 빼세요.",
                en: "kijabi itself makes the containers. Leave --runtime out.")
        case "--cpu-rt-runtime", "--cpu-rt-period", "--cpu-count", "--cpu-percent":
            Localized(
                ko: "프로세서는 --cpus, --cpu-shares, --cpuset-cpus 로 나눠요.",
                en: "Share processors out by --cpus, --cpu-shares or --cpuset-cpus.")
        case "--ip6", "--link-local-ip", "--ipv6":
            Localized(
                ko: "여기 네트워크는 IPv4 뿐이에요: docker network create --subnet 172.30.0.0/24 이름",
                en: "Networks are IPv4 here: docker network create --subnet 172.30.0.0/24 NAME")
        case "--use-api-socket":
            Localized(
                ko: "데몬이 없어서 소켓도 없어요. 컨테이너 안에서 다른 컨테이너를 띄울 수는 없어요.",
                en: "There is no daemon, so there is no socket: a container cannot start others.")
        default: nil
        }
    }

    static let flags: [Flag] = answers.map { name, kind, _ in
        Flag(
            name, kind, summary: Localized(ko: "(여기서는 뜻이 없어요)", en: "(means nothing here)"), isHidden: true)
    }

    /// - Throws: `.invalid` with the reason of a flag that cannot be left out silently.
    static func check(_ line: Invocation, _ context: CommandContext) throws(RuntimeError) {
        for (name, kind, answer) in answers where line.has(name) && (kind != .toggle || line.isOn(name)) {
            switch answer {
            case .discarded(let reason): context.error.line("WARNING: --\(name) discarded: \(reason).")
            case .refused(let reason): throw .invalid(field: "--\(name)", reason: reason)
            case .onlyAs(let values, let reason):
                guard let value = line[name], !values.contains(value) else { continue }
                throw .invalid(field: "--\(name)", reason: "\(reason): \(value)")
            }
        }
    }
}
