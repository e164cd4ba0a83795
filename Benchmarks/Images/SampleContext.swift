import Glibc
import LinuxKernel

/// A small Dockerfile with its files, which need no network.
struct SampleContext: Sendable {
    let directory: ScratchDirectory
    var path: String { directory.path }

    /// - Parameter base: the image that it begins with; it has a shell.
    init(parent: String, base: String) throws {
        directory = try ScratchDirectory(parent: parent)
        try Self.write(
            """
            FROM \(base)
            WORKDIR /app
            COPY . .
            RUN echo built > /built && mkdir /data
            RUN ls -l /app > /listing
            CMD ["true"]

            """, to: path + "/Dockerfile")
        for number in 1...20 { try Self.write("\(number)\n", to: "\(path)/file\(number)") }
    }

    private static func write(_ text: String, to path: String) throws {
        let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
        let bytes = Array(text.utf8)
        guard Glibc.write(file.number, bytes, bytes.count) == bytes.count else {
            throw BenchmarkError("\(path): \(String(cString: strerror(errno)))")
        }
    }
}
