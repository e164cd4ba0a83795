import Glibc
import LinuxKernel

/// A directory for one run, removed by `remove`.
struct ScratchDirectory: Sendable {
    let path: String

    init(parent: String) throws {
        var template = Array("\(parent)/kijabi-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw BenchmarkError("\(parent): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func remove() { DirectoryTree.remove(path) }
}
