public import ContainerRuntime
import Glibc
import LinuxKernel

extension ContainerEngine: EngineInformationService {
    public func information() async -> EngineInformation {
        var names = utsname()
        uname(&names)
        func text<Value>(_ field: Value) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        let groups = (try? provider()) as? ControlGroupProvider
        var security = ["name=seccomp,profile=builtin", "name=userns"]
        if geteuid() != 0 { security.append("name=rootless") }
        return EngineInformation(
            kernelRelease: text(names.release), operatingSystem: Self.operatingSystem,
            architecture: text(names.machine), processors: Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))),
            memory: MachineMemory.total, hostname: text(names.nodename), dataDirectory: configuration.dataDirectory,
            controlGroupVersion: groups.map { $0.version == .v1 ? "1" : "2" }, controllers: groups?.available ?? [],
            securityFeatures: security, isRootless: geteuid() != 0, userIDs: Int(harbour.idCount))
    }

    /// os-release(5)
    private static var operatingSystem: String {
        let text = (try? ProcessFiles.read("/etc/os-release")) ?? []
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: "PRETTY_NAME=".utf8) {
            return String(decoding: line.dropFirst(12).filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
        }
        return "Linux"
    }
}
