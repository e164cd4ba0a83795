import Documents
import Glibc

/// How far the learner has come: kept in one JSON file that is replaced whole under a lock, so that several shells and a
/// crash in the middle of a write lose nothing.
public struct LessonProgress: Sendable {
    public enum Outcome: String, Sendable, Hashable {
        case passed
        /// The solution was run for the learner.
        case skipped
    }

    /// `…/kijabi/progress.json`
    public let path: String

    public init(path: String) {
        self.path = path
    }

    /// Outcomes by step, of one lesson. An unreadable file counts as empty, and is kept aside by the next write.
    public func outcomes(of lesson: String) -> [String: Outcome] {
        var outcomes: [String: Outcome] = [:]
        for (step, value) in read()?.at("lessons", lesson, "steps")?.object ?? [:] {
            outcomes[step] = value.string.flatMap(Outcome.init)
        }
        return outcomes
    }

    /// Keeps the outcome of a step. A step that was passed once stays passed.
    public func record(_ outcome: Outcome, step: String, of lesson: Lesson) throws(LessonError) {
        try change { document in
            let known = document.at("lessons", lesson.id, "steps", step)?.string
            guard known != Outcome.passed.rawValue else { return }
            document.set("lessons", lesson.id, "steps", step, to: .string(outcome.rawValue))
        }
    }

    /// Forgets a lesson, to take it again.
    public func forget(_ lesson: String) throws(LessonError) {
        try change { $0.set("lessons", lesson, to: nil) }
    }

    private func read() -> JSONValue? {
        guard let bytes = FileContent.read(path) else { return nil }
        return try? JSONValue(parsing: bytes)
    }

    private func change(_ body: (inout JSONValue) -> Void) throws(LessonError) {
        let lock = open(path + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw failure("open") }
        defer { close(lock) }
        guard flock(lock, LOCK_EX) == 0 else { throw failure("lock") }
        var document = read()
        if document == nil, access(path, F_OK) == 0 { rename(path, path + ".damaged") }
        var changed = document ?? ["version": 1]
        body(&changed)
        document = changed
        let temporary = "\(path).\(getpid())"
        guard FileContent.write(Array(changed.prettyPrinted(indent: 2).utf8), to: temporary) else {
            throw failure("write")
        }
        guard rename(temporary, path) == 0 else { throw failure("replace") }
    }

    private func failure(_ stage: String) -> LessonError {
        LessonError(file: path, line: 0, reason: "cannot \(stage) the progress file (errno \(errno))")
    }
}

/// Whole files.
enum FileContent {
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return read(descriptor: descriptor)
    }

    /// At most 1 MiB from an open descriptor.
    static func read(descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 || bytes.count > 1 << 20 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    /// Writes and syncs a new file that only its owner can read.
    static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return fsync(descriptor) == 0
    }
}
