import Glibc

/// What was typed, in a file that several shells append to: one entry a line, with newlines written `\n` and backslashes
/// `\\`. An entry is on the disk's side of write(2) before it runs, so that it survives whatever comes.
struct HistoryFile: Sendable {
    let path: String
    /// Entries that are read; older ones are dropped from the file once there are twice as many.
    static let limit = 10_000

    /// Adds an entry at the end, under a lock.
    /// - Returns: false if the file cannot be written.
    @discardableResult
    func append(_ entry: String) -> Bool {
        withLockedFile { descriptor in write(Self.line(of: entry), to: descriptor) } ?? false
    }

    /// The entries, oldest first; none if there is no file. A last line that was cut off is kept as it is.
    func load() -> [String] {
        let found: [String] =
            withLockedFile { descriptor in
                let lines = Self.contents(of: descriptor).split(separator: 0x0A)
                let entries = lines.suffix(Self.limit).map { Self.entry(of: $0) }
                if lines.count > 2 * Self.limit { replace(with: entries) }
                return entries
            } ?? []
        return found
    }

    static func line(of entry: String) -> [UInt8] {
        var line: [UInt8] = []
        for byte in entry.utf8 {
            switch byte {
            case 0x0A: line += [0x5C, UInt8(ascii: "n")]
            case 0x5C: line += [0x5C, 0x5C]
            default: line.append(byte)
            }
        }
        return line + [0x0A]
    }

    static func entry(of line: some Collection<UInt8>) -> String {
        var entry: [UInt8] = []
        var isEscaped = false
        for byte in line {
            if isEscaped {
                entry.append(byte == UInt8(ascii: "n") ? 0x0A : byte)
                isEscaped = false
            } else if byte == 0x5C {
                isEscaped = true
            } else {
                entry.append(byte)
            }
        }
        return String(decoding: entry, as: UTF8.self)
    }

    /// Runs `body` with the file open and locked (flock(2)): the one that bears the name now, not one that another
    /// shell has replaced meanwhile.
    private func withLockedFile<Value>(_ body: (Int32) -> Value) -> Value? {
        for _ in 0..<10 {
            let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { return nil }
            defer { close(descriptor) }
            while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
            var (opened, named) = (stat(), stat())
            guard fstat(descriptor, &opened) == 0, stat(path, &named) == 0, opened.st_ino == named.st_ino else {
                continue
            }
            return body(descriptor)
        }
        return nil
    }

    private func replace(with entries: [String]) {
        let temporary = path + ".\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        let isWritten = write(entries.flatMap { Self.line(of: $0) }, to: descriptor)
        close(descriptor)
        if isWritten { rename(temporary, path) } else { unlink(temporary) }
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { sent += count } else if errno != EINTR { return false }
        }
        return true
    }

    private static func contents(of descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        lseek(descriptor, 0, SEEK_SET)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 {
            bytes.append(contentsOf: buffer[..<count])
        }
        return bytes
    }
}
