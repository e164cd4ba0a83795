import Documents
import Foundation
import Glibc
import LinuxKernel
import OCI
import RegistryStandIns
import Synchronization
import Testing

@testable import Shell

/// kijabi and its zygote killed in the middle of what they do: what is left until the next start, what is left after it,
/// and whether the same then succeeds.
@Suite(.serialized, .enabled(if: Kijabi.isBuilt, "kijabi and its helpers have not been built"))
struct KilledTests {
    enum Who: CaseIterable, Sendable {
        case kijabi
        /// The zygote's two processes: the one that clears up, and the harbour's first one.
        case janitor, harbour
    }

    @Test(arguments: Who.allCases) func inTheMiddleOfARun(_ who: Who) throws {
        let victim = try Victim()
        defer { victim.end() }
        try victim.start("docker run --rm -m 64m busybox sh -c 'echo begun; exec sleep 1000'")
        #expect(try victim.reads("begun"))
        try victim.kill(who)
        if who != .kijabi {
            #expect(victim.status != 0)
            #expect(victim.said.contains("Start kijabi again"), "\(victim.said)")
        }
        #expect(try victim.next("docker run --rm busybox echo again; docker ps -aq | wc -l") == "again\n0\n")
        #expect(victim.leftInTheStore.isEmpty)
    }

    @Test(arguments: Who.allCases) func inTheMiddleOfABuild(_ who: Who) throws {
        let victim = try Victim()
        defer { victim.end() }
        func build(_ wait: String) -> String {
            """
            cat > Dockerfile <<'END'
            FROM busybox
            ARG WAIT
            RUN echo one > /one
            RUN dd if=/dev/zero of=/two bs=64k count=64 2>/dev/null; echo begun; sleep $WAIT
            END
            docker build --progress plain --build-arg WAIT=\(wait) -t built .
            """
        }
        try victim.start(build("1000"))
        #expect(try victim.reads(" begun"))
        try victim.kill(who)
        if who != .kijabi {
            #expect(victim.status != 0 && victim.said.contains("Start kijabi again"), "\(victim.said)")
        }
        let script = """
            docker images -q built | wc -l
            \(build("0")) >log 2>&1; echo $?; docker run --rm built sh -c 'cat /one; wc -c </two'
            """
        #expect(try victim.next(script) == "0\n0\none\n4194304\n")
        #expect(victim.leftInTheStore.isEmpty)
    }

    @Test(arguments: Who.allCases) func inTheMiddleOfALoad(_ who: Who) throws {
        let victim = try Victim()
        defer { victim.end() }
        let saved = victim.home.path + "/saved.tar"
        #expect(FileManager.default.createFile(atPath: saved, contents: nil))
        let archive = try #require(FileHandle(forUpdatingAtPath: saved))
        let saving = try Kijabi.start(
            ["-c", "docker save busybox"], home: victim.home, output: archive, error: .nullDevice)
        saving.waitUntilExit()
        let bytes = try #require(FileManager.default.contents(atPath: saved))
        #expect(bytes.count > 1 << 20)

        let input = Foundation.Pipe()
        try victim.start("docker load", input: input.fileHandleForReading)
        // As soon as this returns, all but a pipe's worth of it has been taken.
        input.fileHandleForWriting.write(bytes.prefix(bytes.count / 2))
        #expect(!victim.leftInTheStore.isEmpty)
        try victim.kill(who)
        if who != .kijabi {
            #expect(victim.status != 0 && victim.said.contains("the harbour has ended"), "\(victim.said)")
        }
        try archive.seek(toOffset: 0)
        let script = "docker rmi -f busybox >/dev/null; docker load; docker run --rm busybox echo again"
        #expect(try victim.next(script, input: archive) == "Loaded image: busybox:latest\nagain\n")
        #expect(victim.leftInTheStore.isEmpty)
    }

    @Test(arguments: Who.allCases) func inTheMiddleOfAPull(_ who: Who) throws {
        let victim = try Victim()
        defer { victim.end() }
        let gate = try StandInServer.Gate()
        let shelf = try Shelf.busybox(
            adding: "head -c 300000 /dev/urandom > big", applets: ["wc"])
        let layer = shelf.layers[1]
        let isPatient = Mutex(false)
        let patience = Shared(isPatient)
        let server = try StandInServer { request in
            guard request.path.hasSuffix(Digest(of: layer).hex) else { return shelf.answer(request) }
            let start = request.headers["range"].flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0
            let headers = start > 0 ? ["Content-Range": "bytes \(start)-\(layer.count - 1)/\(layer.count)"] : [:]
            let rest = Array(layer[start...])
            return patience.value.withLock { $0 }
                ? .status(start > 0 ? 206 : 200, headers: headers, body: rest)
                : .held(200, headers: headers, body: rest, after: 100_000, gate: gate)
        }
        let name = "\(server.domain)/big"
        try victim.start("docker pull \(name)")
        let partial = victim.images + "/downloads/" + Digest(of: layer).hex
        #expect(victim.waits { (try? FileManager.default.attributesOfItem(atPath: partial)[.size] as? Int) == 100_000 })
        patience.value.withLock { $0 = true }
        try victim.kill(who) { gate.open() }
        if who != .kijabi {
            #expect(victim.status != 0 && victim.said.contains("the harbour has ended"), "\(victim.said)")
        }
        let script = "docker images -q \(name) | wc -l; docker pull -q \(name); docker run --rm \(name) wc -c /big"
        #expect(try victim.next(script) == "0\n\(name):latest\n300000 /big\n")
        // The layer was asked for once from its beginning, and where it is whole already, not once more.
        let asked = server.requests.filter { $0.path.hasSuffix(Digest(of: layer).hex) }.map { $0.headers["range"] }
        #expect(asked == (who == .kijabi ? [nil, "bytes=100000-"] : [nil]))
        #expect(victim.leftInTheStore.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: victim.images + "/downloads").isEmpty)
    }

    private final class Shared: Sendable {
        let value: Mutex<Bool>
        init(_ value: consuming Mutex<Bool>) { self.value = value }
    }
}
