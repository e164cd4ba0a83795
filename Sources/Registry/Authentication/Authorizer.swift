import Documents
import Synchronization

/// Keeps what a registry wants to see in `Authorization`: the credential itself, or tokens bought with it, a token a scope.
final class Authorizer: Sendable {
    private struct State {
        var challenges: [AuthenticationChallenge] = []
        var tokens: [AccessScope?: (header: String, expiry: ContinuousClock.Instant)] = [:]
    }

    private let credential: RegistryCredential?
    private let transport: any HTTPTransport
    private let retry: RetryPolicy
    private let state = Mutex(State())

    init(credential: RegistryCredential?, transport: any HTTPTransport, retry: RetryPolicy) {
        self.credential = credential
        self.transport = transport
        self.retry = retry
    }

    /// Takes in the challenges of an answer with status 401. What was known for that scope was not good enough.
    func challenged(by head: HTTPHead, scope: AccessScope?) {
        let challenges = head.all("WWW-Authenticate").flatMap(AuthenticationChallenge.parse)
        state.withLock { state in
            if !challenges.isEmpty { state.challenges = challenges }
            state.tokens[scope] = nil
        }
    }

    /// The header for a request, or nil if the registry has not asked for one, or there is nothing to show.
    /// - Parameter origin: the registry, which realms are trusted relative to.
    func header(_ scope: AccessScope?, origin: HTTPURL) async throws(RegistryError) -> String? {
        let known = state.withLock { state in
            (state.challenges, state.tokens[scope].flatMap { $0.expiry > .now ? $0.header : nil })
        }
        if let header = known.1 { return header }
        if let bearer = known.0.first(where: { $0.scheme == "bearer" }) {
            let token = try await token(bearer, scope, origin)
            let header = "Bearer " + token.value
            // It is bought anew before it can run out on the way.
            let expiry = ContinuousClock.now + .seconds(token.lifetime * 9 / 10)
            state.withLock { $0.tokens[scope] = (header, expiry) }
            return header
        }
        if known.0.contains(where: { $0.scheme == "basic" }), credential?.isIdentityToken == false {
            return credential?.header
        }
        return nil
    }

    private func token(
        _ challenge: AuthenticationChallenge, _ scope: AccessScope?, _ origin: HTTPURL
    ) async throws(RegistryError) -> AccessToken {
        guard let realm = challenge.parameters["realm"].flatMap({ HTTPURL($0) }) else {
            throw .malformed(document: "WWW-Authenticate", reason: "the realm is no URL")
        }
        // A password goes nowhere unencrypted, except inside this machine.
        guard realm.scheme == .https || (realm.isLoopback && origin.isLoopback) else {
            throw .unauthorized(host: origin.authority, detail: "its token server \(realm.authority) is not encrypted")
        }
        var query: [(name: String, value: String)] = []
        if let service = challenge.parameters["service"] { query.append(("service", service)) }
        if let scope {
            query += scope.words.map { (name: "scope", value: $0) }
        } else if let scope = challenge.parameters["scope"] {
            query.append(("scope", scope))
        }
        var request: HTTPRequest
        let headers = [("Accept", "application/json"), ("User-Agent", RegistryClient.userAgent)]
        if let credential, credential.isIdentityToken {
            // OAuth 2.0 (distribution/spec auth/oauth.md): a refresh token for an access token.
            query += [
                ("grant_type", "refresh_token"), ("client_id", "kijabi"), ("refresh_token", credential.secret),
            ]
            let form = realm.at("/").adding(query: query).target.dropFirst(2)
            request = HTTPRequest("POST", realm, body: .bytes(Array(form.utf8)), limit: 60)
            request.headers = headers + [("Content-Type", "application/x-www-form-urlencoded")]
        } else {
            if let credential { query.append(("account", credential.user)) }
            request = HTTPRequest("GET", realm.adding(query: query), limit: 60)
            request.headers = headers
            if let credential { request.headers.append(("Authorization", credential.header)) }
        }
        var attempt = 0
        while true {
            attempt += 1
            let sink = DocumentSink(limit: 1 << 20)
            let head = try await exchange(request, sink)
            if RetryPolicy.isPassing(head.status), attempt < retry.attempts {
                try await retry.wait(attempt, asked: head["Retry-After"].flatMap { Int($0) })
                continue
            }
            guard head.status == 200 else {
                throw ErrorAnswer(parsing: sink.bytes).error(head.status, host: realm.authority)
            }
            guard let token = AccessToken(parsing: sink.bytes) else {
                throw .malformed(document: "token of \(realm.authority)", reason: "there is no token in it")
            }
            return token
        }
    }

    private func exchange(_ request: HTTPRequest, _ sink: DocumentSink) async throws(RegistryError) -> HTTPHead {
        do throws(TransportError) {
            return try await transport.send(request, to: sink)
        } catch {
            throw RegistryError(error, host: request.url.authority)
        }
    }
}
