import Synchronization

/// A client of one registry: OCI distribution-spec 1.1, which is Docker Registry HTTP API V2.
///
/// Nothing that comes is given out before its digest has been verified. Safe from any task; a cancelled task's call throws
/// `.cancelled` at once.
public final class RegistryClient: Sendable {
    static let userAgent = "kijabi/1"
    /// Bytes; the specification asks registries to take this much at least, and docker takes no more.
    static let manifestLimit = 4 << 20

    /// As in references: `docker.io`, `localhost:5000`.
    public let domain: String
    let transport: any HTTPTransport
    let retry: RetryPolicy
    private let authorizer: Authorizer
    private let base = Mutex<HTTPURL?>(nil)

    public init(
        domain: String, credential: RegistryCredential?, transport: any HTTPTransport,
        retry: RetryPolicy = .standard
    ) {
        self.domain = domain
        self.transport = transport
        self.retry = retry
        authorizer = Authorizer(credential: credential, transport: transport, retry: retry)
    }

    /// Asks whether the registry lets this person in, as `docker login` does.
    /// - Throws: `.unauthorized`, and why it could not be asked.
    public func checkAccess() async throws(RegistryError) {
        let url = try await url("/v2/")
        _ = try await document(Call("GET", url, accepted: [200]))
    }

    // MARK: Requests

    /// One request, as the rest of the client words it.
    struct Call {
        var method: String
        var url: HTTPURL
        var headers: [(name: String, value: String)]
        var body: HTTPRequest.Body?
        var scope: AccessScope?
        /// The status of an answer that is no refusal.
        var accepted: Set<Int>
        /// Seconds, or nil for as long as bytes come.
        var limit: Int?

        init(
            _ method: String, _ url: HTTPURL, headers: [(name: String, value: String)] = [],
            body: HTTPRequest.Body? = nil, scope: AccessScope? = nil, accepted: Set<Int>, limit: Int? = 120
        ) {
            self.method = method
            self.url = url
            self.headers = headers
            self.body = body
            self.scope = scope
            self.accepted = accepted
            self.limit = limit
        }
    }

    /// Where `target` is at this registry. The first call finds out how it is reached and what it wants to see.
    func url(_ target: String) async throws(RegistryError) -> HTTPURL {
        if let known = base.withLock({ $0 }) { return known.at(target) }
        let candidates = RegistryAddress(domain: domain).candidates
        guard let first = candidates.first else {
            throw .malformed(document: domain, reason: "this is no registry's name")
        }
        for candidate in candidates {
            let request = HTTPRequest("GET", candidate.at("/v2/"), headers: [("User-Agent", Self.userAgent)], limit: 60)
            let head: HTTPHead
            do throws(TransportError) {
                head = try await transport.send(request, to: DocumentSink(limit: 1 << 20))
            } catch {
                // What does not speak TLS says so, hangs up, or waits for us to say more.
                switch error {
                case .notTLS, .timedOut, .broken: if candidate != candidates.last { continue }
                default: break
                }
                throw RegistryError(error, host: candidate.authority)
            }
            if head.status == 401 { authorizer.challenged(by: head, scope: nil) }
            base.withLock { $0 = candidate }
            return candidate.at(target)
        }
        throw .unreachable(host: first.authority, detail: "")
    }

    /// Sends a call until it is answered with something else than a passing trouble, and gives the document back.
    func document(
        _ call: Call, limit: Int = 1 << 20
    ) async throws(RegistryError) -> (head: HTTPHead, bytes: [UInt8], url: HTTPURL) {
        var attempt = 0
        while true {
            attempt += 1
            // The answer to HEAD announces a body that does not come.
            let sink = DocumentSink(limit: call.method == "HEAD" ? .max : limit)
            do throws(RegistryError) {
                let (head, url) = try await send(call, to: sink)
                return (head, sink.bytes, url)
            } catch {
                if sink.isTooLong {
                    throw .malformed(document: call.url.description, reason: "it is longer than \(limit) bytes")
                }
                guard case .broken = error, attempt < retry.attempts else { throw error }
                try await retry.wait(attempt)
            }
        }
    }

    /// Sends a call: shows who we are, follows redirects, and repeats it while the registry is busy. A body in the answer goes
    /// to `sink` if its status is an accepted one.
    /// - Returns: the answer's head, and where it came from in the end.
    func send(_ call: Call, to sink: any ResponseSink) async throws(RegistryError) -> (HTTPHead, HTTPURL) {
        var attempt = 0
        var isChallenged = false
        while true {
            attempt += 1
            let answer = AnswerSink(call.accepted, sink)
            let (head, url) = try await follow(call, answer)
            if call.accepted.contains(head.status) { return (head, url) }
            if head.status == 401, !isChallenged {
                isChallenged = true
                authorizer.challenged(by: head, scope: call.scope)
                if try await authorizer.header(call.scope, origin: call.url) != nil { continue }
            }
            guard RetryPolicy.isPassing(head.status), attempt < retry.attempts else {
                throw ErrorAnswer(parsing: answer.explanation).error(head.status, host: url.authority)
            }
            try await retry.wait(attempt, asked: head["Retry-After"].flatMap { Int($0) })
        }
    }

    private func follow(_ call: Call, _ sink: AnswerSink) async throws(RegistryError) -> (HTTPHead, HTTPURL) {
        let authorization = try await authorizer.header(call.scope, origin: call.url)
        let registry = base.withLock { $0 } ?? call.url
        var request = HTTPRequest(call.method, call.url, body: call.body, limit: call.limit)
        for _ in 0..<10 {
            request.headers = call.headers + [("User-Agent", Self.userAgent)]
            // The secret is the registry's: whoever it sends us to must do without.
            if let authorization, request.url.hasSameOrigin(as: registry) {
                request.headers.append(("Authorization", authorization))
            }
            let head: HTTPHead
            do throws(TransportError) {
                head = try await transport.send(request, to: sink)
            } catch {
                // An explanation of which we have heard enough.
                if error == .givenUp, let refusal = sink.refusal { return (refusal, request.url) }
                throw RegistryError(error, host: request.url.authority)
            }
            guard [301, 302, 303, 307, 308].contains(head.status), call.body == nil,
                !call.accepted.contains(head.status),
                let location = head["Location"]
            else { return (head, request.url) }
            guard let next = request.url.resolving(location) else {
                throw .malformed(document: "Location of \(request.url.authority)", reason: "it is no URL")
            }
            guard next.scheme == .https || request.url.scheme == .http else {
                throw .refused(
                    host: request.url.authority, status: head.status,
                    detail: "it leads from an encrypted connection to one that is not")
            }
            request.url = next
        }
        throw .refused(host: call.url.authority, status: 310, detail: "too many redirects")
    }
}

extension HTTPURL {
    func at(_ target: String) -> HTTPURL {
        var url = self
        url.target = target
        return url
    }
}

extension RegistryError {
    /// - Parameter host: where the request went.
    init(_ error: TransportError, host: String) {
        switch error {
        case .noLibrary: self = .noLibrary
        case .cancelled: self = .cancelled
        case .unresolved, .unconnected, .notTLS, .timedOut: self = .unreachable(host: host, detail: error.detail)
        case .untrusted: self = .untrusted(host: host, detail: error.detail)
        case .givenUp, .broken: self = .broken(host: host, detail: error.detail)
        }
    }
}
