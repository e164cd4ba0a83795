import Glibc
import LinuxKernel
import OCI
import Synchronization

/// The file that a blob is downloaded into, hashed as it grows. What is in it stays when a download ends too early, and the
/// next one goes on from there; whoever has it open has it alone (flock(2)), on the whole machine.
final class BlobFile: ResponseSink {
    enum Failure: Sendable {
        /// More bytes came than the blob has.
        case tooLong
        /// The registry sends another part than the one asked for.
        case wrongPart
        case storage(errno: Int32)
    }

    private struct State {
        var hash = SHA256()
        var count = 0
        var failure: Failure?
    }

    let file: FileDescriptor
    private let size: Int
    private let progress: @Sendable (Int) -> Void
    private let state = Mutex(State())

    /// Opens a file and hashes what is there already. Blocks.
    /// - Returns: nil while somebody else has it.
    init?(_ path: String, size: Int, progress: @escaping @Sendable (Int) -> Void) throws(Errno) {
        self.size = size
        self.progress = progress
        file = try FileDescriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else { return nil }
        // Whoever had it may have put it in its place meanwhile.
        var own = stat()
        var named = stat()
        guard fstat(file.number, &own) == 0, stat(path, &named) == 0, own.st_ino == named.st_ino else { return nil }
        if own.st_size > size { try checked { ftruncate(file.number, 0) } }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        var state = State()
        while true {
            let count = try checked { pread(file.number, &buffer, buffer.count, off_t(state.count)) }
            if count == 0 { break }
            buffer.withUnsafeBytes { state.hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            state.count += count
        }
        let found = state
        self.state.withLock { $0 = found }
        progress(found.count)
    }

    /// Bytes that are there.
    var count: Int { state.withLock { $0.count } }
    var failure: Failure? { state.withLock { $0.failure } }

    /// The digest of all bytes.
    func digest() -> Digest {
        state.withLock { state in
            var hash = state.hash
            return hash.finish()
        }
    }

    /// Throws away what is there.
    func restart() throws(Errno) {
        try checked { ftruncate(file.number, 0) }
        state.withLock { $0 = State() }
        progress(0)
    }

    func begin(_ head: HTTPHead) -> Bool {
        do throws(Errno) {
            if head.status == 200, count > 0 { try restart() }
        } catch {
            return fail(.storage(errno: error.code))
        }
        if head.status == 206, Self.start(ofRange: head["Content-Range"]) != count { return fail(.wrongPart) }
        state.withLock { $0.failure = nil }
        return true
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (count, failure): (Int, Failure?) = state.withLock { state in
            if state.count + bytes.count > size {
                state.failure = .tooLong
                return (state.count, state.failure)
            }
            var rest = bytes
            while !rest.isEmpty {
                let written = pwrite(file.number, rest.baseAddress, rest.count, off_t(state.count))
                if written < 0, errno == EINTR { continue }
                guard written > 0 else {
                    state.failure = .storage(errno: errno)
                    return (state.count, state.failure)
                }
                state.hash.update(UnsafeRawBufferPointer(rebasing: rest[..<written]))
                state.count += written
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
            return (state.count, nil)
        }
        if failure != nil { return false }
        progress(count)
        return true
    }

    private func fail(_ failure: Failure) -> Bool {
        state.withLock { $0.failure = failure }
        return false
    }

    /// 100 of `bytes 100-199/200` (RFC 9110 §14.4).
    static func start(ofRange header: String?) -> Int? {
        guard let words = header?.split(separator: " "), words.count == 2, words[0].lowercased() == "bytes" else {
            return nil
        }
        return Int(words[1].prefix { $0 != "-" })
    }
}
