import Documents
import Foundation
import OCI
import RegistryStandIns
import Synchronization
import Testing

@testable import Registry

/// Bearer tokens, bought at a token server of the test.
@Suite struct TokenTests {
    /// A registry whose token server lets `sailor` in, and counts the tokens; the registry takes the last one only.
    private final class Harbour: Sendable {
        let tokens: StandInServer
        let registry: StandInServer

        init(realm: String? = nil) throws {
            let last = Mutex(0)
            let shared = Box(last)
            tokens = try StandInServer { request in
                guard request.headers["authorization"] == "Basic c2FpbG9yOnNlY3JldA==" else {
                    return .status(401, body: Array(#"{"details":"incorrect username or password"}"#.utf8))
                }
                let number = shared.value.withLock { last in
                    last += 1
                    return last
                }
                return .status(200, body: Array(#"{"token":"t\#(number)","expires_in":300}"#.utf8))
            }
            let realm = realm ?? "http://\(tokens.domain)/token"
            registry = try StandInServer { request in
                let current = shared.value.withLock { "Bearer t\($0)" }
                guard request.headers["authorization"] == current, current != "Bearer t0" else {
                    return .status(
                        401,
                        headers: [
                            "WWW-Authenticate": #"Bearer realm="\#(realm)",service="harbour",error="invalid_token""#
                        ])
                }
                return .status(200, body: Array(#"{"tags":["v1"]}"#.utf8))
            }
        }

        func expire() async throws {
            let another = makeClient(registry.domain, TokenTests.sailor)
            try await another.checkAccess()
        }
    }

    private final class Box: Sendable {
        let value: Mutex<Int>
        init(_ value: consuming Mutex<Int>) { self.value = value }
    }

    private static let sailor = RegistryCredential(user: "sailor", secret: "secret")

    @Test("A token is bought once for a repository, with its scope, and shown from then on")
    func scope() async throws {
        let harbour = try Harbour()
        let client = makeClient(harbour.registry.domain, Self.sailor)
        #expect(try await client.tags("library/a") == ["v1"])
        #expect(try await client.tags("library/a") == ["v1"])
        #expect(
            harbour.tokens.requests.map(\.target) == [
                "/token?service=harbour&scope=repository%3Alibrary%2Fa%3Apull&account=sailor"
            ])
    }

    @Test("A token that is no longer taken is replaced")
    func expiry() async throws {
        let harbour = try Harbour()
        let client = makeClient(harbour.registry.domain, Self.sailor)
        #expect(try await client.tags("a") == ["v1"])
        try await harbour.expire()
        #expect(try await client.tags("a") == ["v1"])
        #expect(harbour.tokens.requests.count == 3)
    }

    @Test("A download whose token runs out on the way goes on with another, where it stopped")
    func expiryOnTheWay() async throws {
        let bytes = noise(100_000)
        let number = Box(Mutex(0))
        let tokens = try StandInServer { _ in
            let number = number.value.withLock { number in
                number += 1
                return number
            }
            return .status(200, body: Array(#"{"token":"t\#(number)"}"#.utf8))
        }
        let domain = tokens.domain
        let registry = try StandInServer { request in
            let start = request.headers["range"].flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0
            // The second token is taken only for what is behind the first part, and the first is not any more.
            let wanted =
                request.path == "/v2/" ? nil : start > 0 ? ["Bearer t2", "Bearer t3"] : ["Bearer t1", "Bearer t2"]
            if let wanted, wanted.contains(request.headers["authorization"] ?? "") {
                if start == 0 { return .cutOff(200, body: Array(bytes.prefix(60_000)), length: bytes.count) }
                let header = "bytes \(start)-\(bytes.count - 1)/\(bytes.count)"
                return .status(206, headers: ["Content-Range": header], body: Array(bytes[start...]))
            }
            return .status(401, headers: ["WWW-Authenticate": #"Bearer realm="http://\#(domain)/token",service="s""#])
        }
        let directory = try ScratchDirectory("token")
        let path = directory.path + "/blob"
        _ = try await makeClient(registry.domain).download(descriptor(bytes), of: "a", to: path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(bytes))
        let shown = registry.requests.filter { $0.headers["range"] != nil }.map { $0.headers["authorization"] ?? "" }
        #expect(shown == ["Bearer t1", "Bearer t2"])
    }

    @Test("A wrong password is said to be so by the token server")
    func wrongPassword() async throws {
        let harbour = try Harbour()
        let client = makeClient(harbour.registry.domain, RegistryCredential(user: "sailor", secret: "wrong"))
        await #expect(
            throws: RegistryError.unauthorized(
                host: harbour.tokens.domain, detail: "incorrect username or password")
        ) { try await client.checkAccess() }
    }

    @Test("No password goes to a token server that is elsewhere and not encrypted")
    func unencryptedRealm() async throws {
        let harbour = try Harbour(realm: "http://auth.example/token")
        await #expect(
            performing: { try await makeClient(harbour.registry.domain, Self.sailor).checkAccess() },
            throws: { if case .unauthorized = $0 as? RegistryError { true } else { false } })
    }

    @Test("What is no token is not sent as one")
    func malformedTokens() {
        for text in ["", "{}", "[]", #"{"token":""}"#, #"{"token":"a\r\nX: b"}"#, #"{"token":5}"#, #"{"token":"é"}"#] {
            #expect(AccessToken(parsing: Array(text.utf8)) == nil, "\(text)")
        }
        #expect(AccessToken(parsing: Array(#"{"access_token":"a"}"#.utf8))?.lifetime == 60)
    }

    @Test("An identity token is shown to the token server only, in the form of OAuth, and buys a token")
    func identityToken() async throws {
        let tokens = try StandInServer { request in
            let isRight =
                request.method == "POST" && request.headers["authorization"] == nil
                && String(decoding: request.body, as: UTF8.self).contains(
                    "service=harbour&grant_type=refresh_token&client_id=kijabi&refresh_token=a%2Bb")
            return isRight ? .status(200, body: Array(#"{"access_token":"bought"}"#.utf8)) : .status(400)
        }
        let realm = "http://\(tokens.domain)/token"
        let registry = try StandInServer { request in
            if request.headers["authorization"] == "Bearer bought" { return .status(200, body: Array("{}".utf8)) }
            return .status(
                401, headers: ["WWW-Authenticate": #"Bearer realm="\#(realm)",service="harbour""#])
        }
        let credential = RegistryCredential(user: "<token>", secret: "a+b", isIdentityToken: true)
        try await makeClient(registry.domain, credential).checkAccess()
        #expect(registry.requests.allSatisfy { $0.headers["authorization"]?.hasPrefix("Basic") != true })
    }
}
