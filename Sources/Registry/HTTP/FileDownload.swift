import Glibc
public import LinuxKernel
public import OCI
import Synchronization

/// Fetches a file that is no registry's: what `ADD https://…` names.
public struct FileDownload: Sendable {
    private let transport: any HTTPTransport

    public init(transport: any HTTPTransport) {
        self.transport = transport
    }

    /// A file that has come whole.
    public struct Result: Sendable {
        public var digest: Digest
        /// Bytes.
        public var size: Int
        /// The `Last-Modified` header, in seconds since 1970; nil where there is none.
        public var modificationTime: Int?
    }

    /// Fetches `url`, over redirects, into an empty file.
    /// - Parameters:
    ///   - limit: bytes; more is refused.
    ///   - progress: bytes that have come, and that will; 0 where the server does not say.
    public func fetch(
        _ url: HTTPURL, to file: FileDescriptor, limit: Int, progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws(RegistryError) -> Result {
        var url = url
        for _ in 0..<10 {
            let sink = FileSink(file, limit: limit, progress: progress)
            let answer = AnswerSink([200], sink)
            let head: HTTPHead
            do throws(TransportError) {
                head = try await transport.send(
                    HTTPRequest("GET", url, headers: [("User-Agent", RegistryClient.userAgent)]), to: answer)
            } catch {
                if let errno = sink.failure { throw .storage(path: url.description, errno: errno) }
                guard error == .givenUp, let refusal = answer.refusal else {
                    throw RegistryError(error, host: url.authority)
                }
                throw .refused(host: url.authority, status: refusal.status, detail: "")
            }
            if head.status == 200 {
                let (digest, size) = sink.finish()
                return Result(
                    digest: digest, size: size, modificationTime: head["Last-Modified"].flatMap(HTTPDate.seconds))
            }
            guard [301, 302, 303, 307, 308].contains(head.status), let location = head["Location"] else {
                if head.status == 404 { throw .notFound(detail: "404 Not Found") }
                throw .refused(host: url.authority, status: head.status, detail: "")
            }
            guard let next = url.resolving(location) else {
                throw .malformed(document: "Location of \(url.authority)", reason: "it is no URL")
            }
            url = next
        }
        throw .refused(host: url.authority, status: 310, detail: "too many redirects")
    }
}

/// Writes a body to a file and hashes it.
private final class FileSink: ResponseSink {
    private struct State {
        var hash = SHA256()
        var count = 0
        var total = 0
        var failure: Int32?
    }
    private let file: FileDescriptor
    private let limit: Int
    private let progress: @Sendable (Int, Int) -> Void
    private let state = Mutex(State())

    init(_ file: FileDescriptor, limit: Int, progress: @escaping @Sendable (Int, Int) -> Void) {
        self.file = file
        self.limit = limit
        self.progress = progress
    }

    var failure: Int32? { state.withLock { $0.failure } }

    func finish() -> (Digest, Int) {
        state.withLock { state in
            var hash = state.hash
            return (hash.finish(), state.count)
        }
    }

    func begin(_ head: HTTPHead) -> Bool {
        let total = head["Content-Length"].flatMap { Int($0) } ?? 0
        state.withLock { $0.total = total }
        return total <= limit || fail(EFBIG)
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = write(file.number, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            if count < 0, errno == EINTR { continue }
            if count < 0 { return fail(errno) }
            written += count
        }
        let (count, total) = state.withLock { state in
            state.hash.update(bytes)
            state.count += bytes.count
            return (state.count, state.total)
        }
        progress(count, total)
        return count <= limit || fail(EFBIG)
    }

    private func fail(_ errno: Int32) -> Bool {
        state.withLock { $0.failure = errno }
        return false
    }
}

/// Dates of HTTP (RFC 9110 §5.6.7, IMF-fixdate): `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    /// Seconds since 1970; nil for what is none.
    static func seconds(_ text: String) -> Int? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int32(words[1]),
            let month = months.firstIndex(of: String(words[2])), let year = Int32(words[3])
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int32($0) }
        guard clock.count == 3, (1...31).contains(day), (1970...9999).contains(year) else { return nil }
        var parts = tm()
        parts.tm_year = year - 1900
        parts.tm_mon = Int32(month)
        parts.tm_mday = day
        parts.tm_hour = clock[0]
        parts.tm_min = clock[1]
        parts.tm_sec = clock[2]
        return timegm(&parts)
    }
}
