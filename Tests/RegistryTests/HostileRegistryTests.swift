import Foundation
import Glibc
import OCI
import RegistryStandIns
import Synchronization
import Testing

@testable import Registry

/// Answers that nobody should believe, and connections that break.
@Suite struct HostileRegistryTests {
    private let directory: ScratchDirectory
    private var path: String { directory.path + "/blob" }

    init() throws { directory = try ScratchDirectory("hostile") }

    /// A server that lets everybody in, and answers the rest as it is told.
    private func server(
        _ answer: @escaping @Sendable (StandInServer.Request) -> StandInServer.Answer
    ) throws -> StandInServer {
        try StandInServer { $0.path == "/v2/" ? .status(200) : answer($0) }
    }

    /// The part of `bytes` that the request asks for, with an answer's status and headers for it.
    private static func part(
        _ bytes: [UInt8], _ request: StandInServer.Request
    ) -> (status: Int, headers: [String: String], body: [UInt8]) {
        guard let range = request.headers["range"], let start = Int(range.dropFirst(6).dropLast()) else {
            return (200, [:], bytes)
        }
        let header = "bytes \(start)-\(bytes.count - 1)/\(bytes.count)"
        return (206, ["Content-Range": header], Array(bytes[start...]))
    }

    @Test("A download goes on where its connection broke, again and again")
    func brokenConnections() async throws {
        let bytes = noise(500_000)
        let server = try server { request in
            let (status, headers, body) = Self.part(bytes, request)
            return body.count > 60_000
                ? .cutOff(status, headers: headers, body: Array(body.prefix(60_000)), length: body.count)
                : .status(status, headers: headers, body: body)
        }
        let steps = Mutex<[Int]>([])
        let blob = try await makeClient(server.domain).download(descriptor(bytes), of: "a", to: path) { count in
            steps.withLock { $0.append(count) }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: blob.path)) == Data(bytes))
        // Nothing came twice, although it broke more often than a download without progress may be tried.
        let seen = steps.withLock { $0 }
        #expect(seen == seen.sorted() && seen.last == bytes.count)
        #expect(server.requests.count { $0.path.contains("/blobs/") } > impatient.attempts)
    }

    @Test("What an earlier run left is not asked for again")
    func resumedAcrossRuns() async throws {
        let bytes = noise(300_000)
        try Data(bytes.prefix(200_000)).write(to: URL(fileURLWithPath: path))
        let server = try server { request in
            let (status, headers, body) = Self.part(bytes, request)
            return .status(status, headers: headers, body: body)
        }
        _ = try await makeClient(server.domain).download(descriptor(bytes), of: "a", to: path)
        #expect(server.requests.last?.headers["range"] == "bytes=200000-")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(bytes))
        // All of it is there now: nobody is asked.
        let count = server.requests.count
        _ = try await makeClient(server.domain).download(descriptor(bytes), of: "a", to: path)
        #expect(server.requests.count == count)
    }

    @Test("What an earlier run left wrong is thrown away")
    func damagedPartialFile() async throws {
        let bytes = noise(300_000)
        try Data(noise(200_000, seed: 2)).write(to: URL(fileURLWithPath: path))
        let server = try server { request in
            let (status, headers, body) = Self.part(bytes, request)
            return .status(status, headers: headers, body: body)
        }
        _ = try await makeClient(server.domain).download(descriptor(bytes), of: "a", to: path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(bytes))
    }

    @Test("A registry that knows no ranges sends everything again, and that is right too")
    func noRanges() async throws {
        let bytes = noise(300_000)
        try Data(bytes.prefix(200_000)).write(to: URL(fileURLWithPath: path))
        let server = try server { _ in .status(200, body: bytes) }
        _ = try await makeClient(server.domain).download(descriptor(bytes), of: "a", to: path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(bytes))
    }

    @Test("Another part than the one asked for is not put into the file")
    func wrongPart() async throws {
        let bytes = noise(300_000)
        try Data(bytes.prefix(200_000)).write(to: URL(fileURLWithPath: path))
        let server = try server { request in
            request.headers["range"] == nil
                ? .status(200, body: bytes)
                : .status(206, headers: ["Content-Range": "bytes 0-299999/300000"], body: bytes)
        }
        _ = try await makeClient(server.domain).download(descriptor(bytes), of: "a", to: path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(bytes))
    }

    @Test("A blob with another digest is refused, and nothing of it stays")
    func wrongDigest() async throws {
        let bytes = noise(1000)
        let other = noise(1000, seed: 2)
        let server = try server { _ in .status(200, body: other) }
        await #expect(throws: RegistryError.wrongDigest(expected: Digest(of: bytes), actual: Digest(of: other))) {
            try await makeClient(server.domain).download(descriptor(bytes), of: "a", to: path)
        }
        #expect(access(path, F_OK) != 0)
    }

    @Test("A blob without an end is refused at its announced size")
    func endless() async throws {
        let bytes = noise(1000)
        let server = try server { _ in .endless(headers: [:]) }
        await #expect(throws: RegistryError.wrongSize(Digest(of: bytes), expected: 1000)) {
            try await makeClient(server.domain).download(descriptor(bytes), of: "a", to: path)
        }
        #expect(access(path, F_OK) != 0)
    }

    @Test("A blob that always ends too early is given up, and what came is kept for another time")
    func truncated() async throws {
        let bytes = noise(1000)
        let server = try server { request in
            request.headers["range"] == nil
                ? .cutOff(200, body: Array(bytes.prefix(500)), length: 1000)
                : .cutOff(206, headers: ["Content-Range": "bytes 500-999/1000"], body: [], length: 500)
        }
        await #expect(
            performing: { try await makeClient(server.domain).download(descriptor(bytes), of: "a", to: path) },
            throws: { if case .broken = $0 as? RegistryError { true } else { false } })
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(bytes.prefix(500)))
    }

    @Test("A manifest that is too long, of another digest, of another kind or no JSON is refused", arguments: 0..<6)
    func manifests(number: Int) async throws {
        let manifest = Array(#"{"schemaVersion":2,"config":{},"layers":[]}"#.utf8)
        let answers: [StandInServer.Answer] = [
            .endless(headers: [:]),
            .status(200, body: [UInt8](repeating: 0x20, count: RegistryClient.manifestLimit + 1)),
            .status(200, headers: ["Docker-Content-Digest": "\(Digest(of: [1]))"], body: manifest),
            .status(200, body: Array(#"{"schemaVersion":1,"fsLayers":[]}"#.utf8)),
            .status(200, body: Array("<html>".utf8)),
            .status(200, body: Array(#"{"schemaVersion":2,"manifests":[],"layers":[]}"#.utf8)),
        ]
        let server = try server { _ in answers[number] }
        await #expect(
            performing: { try await makeClient(server.domain).manifest("a", "v1") },
            throws: { error in
                switch error as? RegistryError {
                case .malformed: number != 2
                case .wrongDigest: number == 2
                default: false
                }
            })
    }

    @Test("A manifest asked for by digest must have it")
    func manifestByDigest() async throws {
        let manifest = Array(#"{"schemaVersion":2,"config":{},"layers":[]}"#.utf8)
        let wanted = Digest(of: [1])
        let server = try server { _ in
            .status(200, headers: ["Docker-Content-Digest": "\(wanted)"], body: manifest)
        }
        await #expect(throws: RegistryError.wrongDigest(expected: wanted, actual: Digest(of: manifest))) {
            try await makeClient(server.domain).manifest("a", wanted.description)
        }
    }

    @Test("A busy registry is asked again, and no longer than it is worth", arguments: [429, 500, 503])
    func busy(status: Int) async throws {
        let count = Mutex(0)
        let server = try server { request in
            let number = count.withLock { count in
                count += 1
                return count
            }
            let isPatient = request.path.contains("/patient/")
            return isPatient && number == 3
                ? .status(200, body: Array(#"{"tags":["v1"]}"#.utf8)) : .status(status, headers: ["Retry-After": "0"])
        }
        let client = makeClient(server.domain)
        #expect(try await client.tags("patient") == ["v1"])
        await #expect(throws: RegistryError.self) { try await client.tags("hopeless") }
        #expect(server.requests.count == 1 + 3 + impatient.attempts)
    }

    @Test("The secret is not shown to another host than the registry")
    func redirect() async throws {
        let bytes = noise(100)
        let store = try StandInServer { _ in .status(200, body: bytes) }
        let location = "http://127.0.0.1:\(store.port)/store?signature=1"
        let registry = try StandInServer { request in
            guard request.headers["authorization"] != nil else {
                return .status(401, headers: ["WWW-Authenticate": "Basic realm=\"harbour\""])
            }
            return request.path == "/v2/" ? .status(200) : .status(307, headers: ["Location": location])
        }
        let client = makeClient(registry.domain, RegistryCredential(user: "sailor", secret: "secret"))
        _ = try await client.download(descriptor(bytes), of: "a", to: path)
        #expect(registry.requests.last?.headers["authorization"] == "Basic c2FpbG9yOnNlY3JldA==")
        #expect(store.requests.map(\.target) == ["/store?signature=1"])
        #expect(store.requests.last?.headers["authorization"] == nil)
    }

    @Test("Redirects in a circle come to an end")
    func circle() async throws {
        let server = try server { _ in .status(302, headers: ["Location": "/v2/a/blobs/again"]) }
        await #expect(throws: RegistryError.self) { try await makeClient(server.domain).tags("a") }
    }

    @Test("What is no HTTP at all is an error, not a crash")
    func noHTTP() async throws {
        let server = try StandInServer { _ in .raw(noise(1000)) }
        await #expect(throws: RegistryError.self) { try await makeClient(server.domain).tags("a") }
    }

    @Test("Nobody there is said at once")
    func nobody() async throws {
        let server = try StandInServer { _ in .silence }
        let domain = server.domain
        server.close()
        await #expect(
            performing: { try await makeClient(domain).tags("a") },
            throws: { if case .unreachable(domain, _) = $0 as? RegistryError { true } else { false } })
    }

    @Test("A cancelled download ends although the registry is silent, and keeps what came")
    func cancelled() async throws {
        let bytes = noise(1000)
        let server = try server { request in
            request.headers["range"] == nil
                ? .cutOff(200, body: Array(bytes.prefix(500)), length: 1000) : .silence
        }
        let (halves, half) = AsyncStream<Void>.makeStream()
        let task = Task { [path] in
            try await makeClient(server.domain).download(descriptor(bytes), of: "a", to: path) { count in
                if count == 500 { half.yield() }
            }
        }
        for await _ in halves { break }
        task.cancel()
        await #expect(throws: RegistryError.cancelled) { try await task.value }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(bytes.prefix(500)))
    }

    @Test(
        "A registry that stops in the middle, or says nothing at all, is given up after a while", arguments: [0, 500])
    func stalled(after: Int) async throws {
        let bytes = noise(1000)
        let gate = try StandInServer.Gate()
        let server = try server { request in
            if after == 0 { return .silence }
            return request.headers["range"] == nil
                ? .held(200, body: bytes, after: after, gate: gate) : .silence
        }
        let hasty = RetryPolicy(attempts: 1, longest: .zero) { _ in .zero }
        let client = makeClient(server.domain, stallSeconds: 1, retry: hasty)
        let domain = server.domain
        await #expect(
            performing: { try await client.download(descriptor(bytes), of: "a", to: path) },
            throws: { error in
                guard case .unreachable(domain, let detail) = error as? RegistryError else { return false }
                return !detail.isEmpty
            })
        let kept = (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data()
        #expect(kept == Data(bytes.prefix(after)))
    }

    @Test("Lengths and ranges that are not true are given up, and what they left does no harm", arguments: 0..<5)
    func lengths(number: Int) async throws {
        let bytes = noise(1000)
        let half = Array(bytes.prefix(500))
        let answers: [StandInServer.Answer] = [
            // Shorter than announced in the manifest, and whole; longer; a part that nobody asked for; a part that is
            // another; a part without a place.
            .status(200, body: half),
            .status(200, body: bytes + half),
            .status(206, headers: ["Content-Range": "bytes 500-999/1000"], body: Array(bytes[500...])),
            .status(206, headers: ["Content-Range": "bytes 0-499/99999999999999999999"], body: Array(half.reversed())),
            .status(206, headers: ["Content-Range": "bytes */1000"], body: half),
        ]
        let isHonest = Shared(Mutex(false))
        let server = try server { request in
            guard isHonest.value.withLock({ $0 }) else { return answers[number] }
            let (status, headers, body) = Self.part(bytes, request)
            return .status(status, headers: headers, body: body)
        }
        await #expect(throws: RegistryError.self) {
            try await makeClient(server.domain).download(descriptor(bytes), of: "a", to: path)
        }
        #expect(server.requests.count < 20)
        isHonest.value.withLock { $0 = true }
        _ = try await makeClient(server.domain).download(descriptor(bytes), of: "a", to: path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(bytes))
    }

    private final class Shared: Sendable {
        let value: Mutex<Bool>
        init(_ value: consuming Mutex<Bool>) { self.value = value }
    }

    @Test("Two downloads of one blob into one file fetch it once")
    func twoAtOnce() async throws {
        let bytes = noise(200_000)
        let server = try server { _ in .status(200, body: bytes) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask { [path] in
                    _ = try await makeClient(server.domain).download(descriptor(bytes), of: "a", to: path)
                }
            }
            try await group.waitForAll()
        }
        #expect(server.requests.count { $0.path.contains("/blobs/") } == 1)
    }

    @Test("A link in the place of the file is not followed")
    func link() async throws {
        let bytes = noise(1000)
        let server = try server { _ in .status(200, body: bytes) }
        let target = directory.path + "/target"
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        await #expect(throws: RegistryError.storage(path: path, errno: ELOOP)) {
            try await makeClient(server.domain).download(descriptor(bytes), of: "a", to: path)
        }
        #expect(access(target, F_OK) != 0)
    }
}
