import Glibc

/// What this machine is, for the node's status.
public struct MachineFacts: Sendable, Hashable {
    public var processors: Int
    /// KiB
    public var memory: Int
    /// `amd64`, `arm64`: as Go names it.
    public var architecture: String
    /// `uname -r`
    public var kernelRelease: String
    /// `PRETTY_NAME` of os-release(5)
    public var operatingSystem: String
    public var machineID: String
    public var bootID: String

    public init(
        processors: Int, memory: Int, architecture: String, kernelRelease: String, operatingSystem: String,
        machineID: String, bootID: String
    ) {
        self.processors = processors
        self.memory = memory
        self.architecture = architecture
        self.kernelRelease = kernelRelease
        self.operatingSystem = operatingSystem
        self.machineID = machineID
        self.bootID = bootID
    }

    /// Reads them from the kernel.
    public static func read() -> MachineFacts {
        var names = utsname()
        uname(&names)
        let machine = withUnsafeBytes(of: &names.machine) { text($0) }
        let release = withUnsafeBytes(of: &names.release) { text($0) }
        let memory = lines("/proc/meminfo").first { $0.hasPrefix("MemTotal:") }
            .flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) }
        let system = lines("/etc/os-release").first { $0.hasPrefix("PRETTY_NAME=") }
            .map { $0.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" } }
        return MachineFacts(
            processors: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), memory: memory ?? 0,
            architecture: ["x86_64": "amd64", "aarch64": "arm64"][machine] ?? machine, kernelRelease: release,
            operatingSystem: system.map { String($0) } ?? "Linux",
            machineID: lines("/etc/machine-id").first ?? "",
            bootID: lines("/proc/sys/kernel/random/boot_id").first ?? "")
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The lines of a small file of the kernel or of /etc; reading these never waits for a device.
    private static func lines(_ path: String) -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while content.count < 65_536 {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            content.append(contentsOf: buffer[..<count])
        }
        return content.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }
}
