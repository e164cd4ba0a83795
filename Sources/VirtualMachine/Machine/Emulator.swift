import Glibc
import LinuxKernel

/// The program that plays the machine.
public struct Emulator: Sendable, Hashable {
    public let path: String
    /// Changes with the program: its size and the time it was last written.
    let fingerprint: String

    public static let program = "qemu-system-x86_64"
    public static let package = "qemu-system-x86"

    /// - Parameter searchPath: directories joined by colons, as in `PATH`.
    public static func find(searchPath: String) throws(MachineError) -> Emulator {
        let processor = machine()
        guard processor == "x86_64" else { throw .unsupportedProcessor(processor) }
        for directory in searchPath.split(separator: ":").map(String.init) + ["/usr/bin", "/usr/local/bin"] {
            let path = "\(directory)/\(program)"
            var status = stat()
            guard access(path, X_OK) == 0, stat(path, &status) == 0 else { continue }
            return Emulator(path: path, fingerprint: "\(status.st_size) \(status.st_mtim.tv_sec)")
        }
        throw .noEmulator(program: program, package: package)
    }

    private static func machine() -> String {
        var names = utsname()
        uname(&names)
        return withUnsafeBytes(of: &names.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The release of the kernel that runs here, outside of all machines.
    public static func hostRelease() -> String {
        var names = utsname()
        uname(&names)
        return withUnsafeBytes(of: &names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
