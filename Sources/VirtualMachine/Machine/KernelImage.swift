import Glibc
import LinuxKernel

/// A Linux kernel as the boot loader finds it.
public struct KernelImage: Sendable, Hashable {
    public let path: String
    /// As `uname -r` says it once the kernel runs.
    public let release: String
    /// Bytes.
    public let size: Int
    /// Anybody may read it, not just root.
    let isPublic: Bool

    /// The package that has a small one, made for virtual machines.
    public static let package = "linux-image-cloud-amd64"

    /// The best kernel in a directory: one made for virtual machines before others, the newest before others.
    public static func find(in directory: String = "/boot") throws(MachineError) -> KernelImage {
        let paths = names(in: directory).filter { $0.hasPrefix("vmlinuz") || $0.hasPrefix("bzImage") }
            .map { "\(directory)/\($0)" }
        let readable = paths.compactMap { KernelImage(path: $0) }
        if let best = readable.max(by: { $0.rank.lexicographicallyPrecedes($1.rank) }) { return best }
        let locked = paths.filter { access($0, R_OK) != 0 && errno == EACCES }
        if !locked.isEmpty { throw .unreadableKernels(locked.sorted()) }
        throw .noKernel(directory: directory, package: package)
    }

    /// - Returns: nil where it cannot be read or is no kernel for a PC: the header is that of the Linux boot protocol
    ///   (Documentation/arch/x86/boot.rst).
    init?(path: String) {
        guard let file = try? FileDescriptor.open(path, O_RDONLY) else { return nil }
        var status = stat()
        var header = [UInt8](repeating: 0, count: 0x210)
        var banner = [UInt8](repeating: 0, count: 256)
        guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            pread(file.number, &header, header.count, 0) == header.count,
            Array(header[0x202..<0x206]) == Array("HdrS".utf8)
        else { return nil }
        let offset = 0x200 + Int(header[0x20E]) + Int(header[0x20F]) << 8
        guard offset > 0x200, pread(file.number, &banner, banner.count, off_t(offset)) > 0 else { return nil }
        let text = String(decoding: banner.prefix { $0 != 0 }, as: UTF8.self)
        // "6.1.0-57-cloud-amd64 (build@host) #1 SMP …"
        guard let release = text.split(separator: " ").first else { return nil }
        self.path = path
        self.release = String(release)
        size = Int(status.st_size)
        isPublic = status.st_mode & 0o004 != 0
    }

    /// Numbers that grow with how well it suits.
    private var rank: [Int] {
        let numbers = release.split { !$0.isNumber }.compactMap { Int($0) }
        return [release.contains("cloud") || release.contains("virt") || release.contains("kvm") ? 1 : 0] + numbers
    }

    private static func names(in directory: String) -> [String] {
        guard let entries = opendir(directory) else { return [] }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names.sorted()
    }
}
