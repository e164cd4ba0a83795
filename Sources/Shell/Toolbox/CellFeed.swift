import Glibc

/// A named pipe from which a shell in the toolbox reads its program, a cell at a time.
final class CellFeed {
    /// On this machine.
    let path: String
    private let descriptor: Int32

    /// - Returns: nil if the pipe cannot be made; errno(3) tells why.
    init?(path: String) {
        unlink(path)
        guard mkfifo(path, 0o600) == 0 else { return nil }
        // Opened for reading too, so that neither side ever waits for the other to open it.
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    /// For poll(2) and read(2), where the pipe is used to hear from the shell.
    var readable: Int32 { descriptor }

    /// Hands the shell a line of program text.
    func send(_ line: String) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
        }
    }

    /// `text` as one word of the shell.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
