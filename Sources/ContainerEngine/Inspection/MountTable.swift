import ContainerRuntime
import LinuxKernel

/// What is mounted where, as a process sees it: proc_pid_mountinfo(5).
enum MountTable {
    static func look(_ pid: Int32) -> [MountView] {
        guard let contents = try? ProcessFiles.read("/proc/\(pid)/mountinfo") else { return [] }
        return parse(String(decoding: contents, as: UTF8.self))
    }

    static func parse(_ text: String) -> [MountView] {
        text.split(separator: "\n").compactMap { line in
            // 36 35 98:0 /root /target rw,noatime master:1 - ext3 /dev/root rw,errors=continue
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count >= dash + 4 else { return nil }
            let own = fields[5].split(separator: ",")
            let root = unescaped(fields[3])
            let type = String(fields[dash + 1])
            let source = unescaped(fields[dash + 2])
            // A bind mount is a part of a file system: which one says the root, not the source.
            let shown = root == "/" || type == "overlay" ? source : root
            let further = fields[dash + 3].split(separator: ",").filter { option in
                !own.contains(option)
                    && ["ro", "size=", "mode="].contains { option == $0 || $0.count > 2 && option.hasPrefix($0) }
            }
            return MountView(
                target: unescaped(fields[4]), type: type, source: shown, options: (own + further).map(String.init))
        }
    }

    /// `\040` is a space.
    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("\\") else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
