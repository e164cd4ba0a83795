import ContainerRuntime
import Documents
import Dockerfile
import Foundation
import Glibc
import LinuxKernel
import OCI
import RegistryStandIns
import Synchronization
import Testing

@testable import ContainerEngine

/// What a build takes in beside its context: files of other servers, secrets, an agent.
@Suite struct BuildInputTests {
    private func fixture(environment: [String: String] = [:]) async throws -> BuildFixture {
        try await BuildFixture(environment: environment)
    }

    @Test(
        "ADD of a URL follows redirects, keeps the server's time, and comes from the cache while the file is the same")
    func remoteFile() async throws {
        let fixture = try await fixture()
        let server = try StandInServer { request in
            switch request.path {
            case "/moved/a%20b.txt": .status(302, headers: ["Location": "/real"])
            case "/real":
                .status(200, headers: ["Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT"], body: Array("ahoy".utf8))
            default: .status(404)
            }
        }
        let text = """
            FROM busybox
            ADD http://\(server.domain)/moved/a%20b.txt /in/
            ADD --chmod=644 http://\(server.domain)/real /in/named
            RUN stat -c '%n %a %Y %s %u' "/in/a b.txt" /in/named > /seen
            """
        let image = try await fixture.build(text)
        #expect(
            try await fixture.run(image, "cat", "/seen")
                == "/in/a b.txt 600 784111777 4 0\n/in/named 644 784111777 4 0\n")
        let again = try await fixture.build(text)
        #expect(again.ranSteps == 0)
        #expect(again.id == image.id)
        #expect(try await fixture.leftovers().isEmpty)
    }

    @Test("A remote file must be what its checksum says, and a server that has none is named")
    func checksum() async throws {
        let fixture = try await fixture()
        let server = try StandInServer { request in
            request.path == "/file" ? .status(200, body: Array("ahoy".utf8)) : .status(404)
        }
        let right = Digest(of: Array("ahoy".utf8))
        _ = try await fixture.build("FROM scratch\nADD --checksum=\(right) http://\(server.domain)/file /")
        let wrong = Digest(of: Array("other".utf8))
        let fault = try await fixture.fault("FROM scratch\nADD --checksum=\(wrong) http://\(server.domain)/file /")
        #expect(fault?.message.contains("digest mismatch \(right): \(wrong)") == true)
        let missing = try await fixture.fault("FROM scratch\nADD http://\(server.domain)/none /")
        #expect(missing?.message.contains("invalid response status 404") == true)
        let local = try await fixture.fault("FROM scratch\nADD --checksum=\(right) busybox /")
        #expect(local?.message.contains("checksum can't be specified") == true)
        #expect(try await fixture.leftovers().isEmpty)
    }

    @Test("A secret is there while the command runs, as a file or a variable, and in no layer, history or cache key")
    func secret() async throws {
        let fixture = try await fixture()
        let text = """
            FROM busybox
            RUN --mount=type=secret,id=token \
                --mount=type=secret,id=token,env=TOKEN \
                --mount=type=secret,id=other,target=/etc/other,mode=0444 \
                --mount=type=secret,id=absent \
                cat /run/secrets/token /etc/other > /dev/null && \
                stat -c %a /run/secrets/token > /seen && \
                test "$TOKEN" = "$(cat /run/secrets/token)" && test ! -e /run/secrets/absent
            """
        let image = try await fixture.build(text) {
            $0.secrets = ["token": Array("hush".utf8), "other": Array("x".utf8)]
        }
        #expect(
            try await fixture.run(
                image, "sh", "-c", "cat /seen; ls -A /run; ls /etc/other 2>&1; echo [$TOKEN]")
                == "400\nls: /etc/other: No such file or directory\n[]\n")
        let configuration = try await fixture.configuration(image).document.encoded()
        #expect(!String(decoding: configuration, as: UTF8.self).contains("hush"))
        // Another secret is no reason to do it again.
        let again = try await fixture.build(text) { $0.secrets = ["token": Array("other".utf8)] }
        #expect(again.ranSteps == 0)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: fixture.engine.runDirectory).allSatisfy {
                !$0.hasPrefix("private-")
            })
    }

    @Test("A secret that must be there is named, with the step that wants it")
    func missingSecret() async throws {
        let fixture = try await fixture()
        let fault = try await fixture.fault(
            "FROM busybox\nRUN --mount=type=secret,id=token,required=true true")
        #expect(fault?.reason == .missingSecret(id: "token"))
        #expect(fault?.message == "secret token: not found")
        #expect(fault?.source?.marked == 2...2)
        let agent = try await fixture.fault("FROM busybox\nRUN --mount=type=ssh,required true")
        #expect(agent?.reason == .missingAgent(id: "default"))
    }

    @Test("A command talks to the person's agent through a socket of its own, which is gone afterwards")
    func agent() async throws {
        let place = try ScratchDirectory("agent")
        let agent = try EchoSocket(place.path + "/agent")
        let fixture = try await fixture(environment: ["SSH_AUTH_SOCK": agent.path])
        let text = """
            FROM busybox
            RUN --mount=type=ssh echo "at $SSH_AUTH_SOCK" && test -S $SSH_AUTH_SOCK -a -w $SSH_AUTH_SOCK
            """
        let image = try await fixture.build(text) { $0.agents = ["default"] }
        #expect(fixture.output.contains("at /run/buildkit/ssh_agent.0"))
        #expect(try await fixture.run(image, "ls", "-A", "/run") == "")
        let fault = try await self.fixture().fault("FROM busybox") { $0.agents = ["default"] }
        #expect(fault?.message.contains("make sure SSH_AUTH_SOCK is set") == true)
    }

    @Test("What is said to the socket of a command is said to the agent")
    func relay() async throws {
        let place = try ScratchDirectory("agent")
        let agent = try EchoSocket(place.path + "/agent")
        let relay = try AgentSocket(at: place.path + "/relay", agent: agent.path)
        for text in ["hello", "again"] {
            let heard = await KernelThread.run("test-agent") { EchoSocket.ask(place.path + "/relay", text) }
            #expect(heard == "you said: \(text)")
        }
        withExtendedLifetime(relay) {}
    }

    @Test("An image of 120 layers builds and runs: its layers' paths are longer than one page of mount options")
    func manyLayers() async throws {
        let fixture = try await fixture()
        let files = (1...119).map { "COPY <<n\($0) /many/\($0)\n\($0)\nn\($0)\n" }.joined()
        let image = try await fixture.build("FROM busybox\n" + files)
        #expect(try await fixture.configuration(image).layers.count == 120)
        #expect(
            try await fixture.run(image, "sh", "-c", "ls /many | wc -l; cat /many/1 /many/119")
                == "119\n1\n119\n")
        // A step on top of them runs, and what it removes is gone.
        let more = try await fixture.build("FROM busybox\n" + files + "RUN rm /many/7")
        #expect(try await fixture.run(more, "sh", "-c", "ls /many | wc -l") == "118\n")
    }
}

/// Answers whoever connects with what was said.
private final class EchoSocket: Sendable {
    let path: String
    private let listener: FileDescriptor

    init(_ path: String) throws {
        self.path = path
        listener = FileDescriptor(
            owning: try checked { socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0) })
        let number = listener.number
        _ = try checked { Self.with(path) { bind(number, $0, $1) } }
        _ = try checked { listen(number, 4) }
        // Nobody but its owner may open it.
        chmod(path, 0o600)
        KernelThread.start("agent") {
            while true {
                let connection = accept(number, nil, nil)
                guard connection >= 0 else { return }
                var buffer = [UInt8](repeating: 0, count: 256)
                let count = read(connection, &buffer, buffer.count)
                let answer = Array("you said: ".utf8) + buffer[..<max(0, count)]
                _ = write(connection, answer, answer.count)
                close(connection)
            }
        }
    }

    /// What comes back from a socket to which something was said.
    static func ask(_ path: String, _ text: String) -> String {
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(number) }
        guard with(path, { connect(number, $0, $1) }) == 0, write(number, text, text.utf8.count) > 0 else { return "" }
        var buffer = [UInt8](repeating: 0, count: 256)
        return String(decoding: buffer[..<max(0, read(number, &buffer, buffer.count))], as: UTF8.self)
    }

    private static func with(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    deinit { shutdown(listener.number, Int32(SHUT_RDWR)) }
}
