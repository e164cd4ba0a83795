import Glibc

/// What proc(5) tells of processes.
public enum ProcessFiles {
    /// The whole of a file whose size is not known beforehand.
    public static func read(_ path: String) throws(Errno) -> [UInt8] {
        let file = try FileDescriptor.open(path, O_RDONLY)
        var contents: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = try checked { Glibc.read(file.number, &buffer, buffer.count) }
            if count == 0 { return contents }
            contents.append(contentsOf: buffer[..<count])
        }
    }

    /// The target of a symbolic link, e.g. `pid:[4026531836]` of `/proc/1/ns/pid`.
    public static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The process that a pidfd stands for, as this process counts; nil when it has ended.
    public static func pid(ofDescriptor descriptor: Int32) -> Int32? {
        guard let text = try? read("/proc/self/fdinfo/\(descriptor)") else { return nil }
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: "Pid:".utf8) {
            let number = line.dropFirst(4).drop { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }
            return Int32(String(decoding: number, as: UTF8.self)).flatMap { $0 > 0 ? $0 : nil }
        }
        return nil
    }

    /// The ids of all processes that this process can see.
    public static func all() -> [Int32] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var pids: [Int32] = []
        while let entry = readdir(directory) {
            let pid = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { Int32(String(cString: $0)) }
            }
            if let pid { pids.append(pid) }
        }
        return pids.sorted()
    }
}
