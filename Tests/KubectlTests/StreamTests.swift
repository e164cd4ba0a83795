import Commands
import Documents
import Glibc
import KubernetesAPI
import Terminal
import Testing

@testable import Kubectl

/// logs, exec, attach and run -it.
@Suite struct StreamTests {
    private func bench(isReady: Bool = true) async throws -> Bench {
        let bench = try Bench()
        try await bench.node("node-1")
        try await bench.run("run box --image=busybox --labels=app=box")
        try await bench.start("box", isReady: isReady)
        return bench
    }

    @Test func logs() async throws {
        let bench = try await bench()
        bench.connector.write(["one", "two", "three"], to: "box/box")
        #expect(try await bench.run("logs box").output == "one\ntwo\nthree\n")
        #expect(try await bench.run("logs box --tail=1").output == "three\n")
        #expect(try await bench.run("logs pod/box --prefix").output.hasPrefix("[pod/box/box] one\n"))
        #expect(try await bench.run("logs -l app=box --prefix").output.hasSuffix("[pod/box/box] three\n"))
        #expect(bench.connector.lastOptions?.tail == 10)
        try await bench.run("logs box --since=90s --timestamps -p")
        #expect(bench.connector.lastOptions?.sinceSeconds == 90)
        #expect(bench.connector.lastOptions?.timestamps == true)
        #expect(bench.connector.lastOptions?.previous == true)
    }

    @Test func logsFollow() async throws {
        let bench = try await bench()
        bench.connector.write(["one"], to: "box/box")
        let call = try LiveCall(bench, "logs -f box")
        #expect(await call.lines(1) == ["one"])
        bench.connector.write(["two"], to: "box/box")
        #expect(await call.lines(2) == ["one", "two"])
        #expect(await call.interrupt().status == 130)
    }

    @Test func severalContainers() async throws {
        let bench = try await bench()
        bench.files["two.yaml"] = """
            apiVersion: v1
            kind: Pod
            metadata: {name: two, labels: {app: two}}
            spec:
              containers: [{name: web, image: busybox}, {name: side, image: busybox}]
            """
        try await bench.run("apply -f two.yaml")
        try await bench.start("two")
        bench.connector.write(["w"], to: "two/web")
        bench.connector.write(["s"], to: "two/side")
        let first = try await bench.run("logs two")
        #expect(first.output == "w\n")
        #expect(first.error == "Defaulted container \"web\" out of: web, side\n")
        #expect(try await bench.run("logs two side").output == "s\n")
        #expect(
            try await bench.run("logs two --all-containers --prefix").output == "[pod/two/web] w\n[pod/two/side] s\n")
        let follow = try LiveCall(bench, "logs -f -l app=two --all-containers --prefix")
        #expect(await follow.lines(2).sorted() == ["[pod/two/side] s", "[pod/two/web] w"])
        #expect(await follow.interrupt().status == 130)
        let many = try await bench.run("logs -f two --all-containers --max-log-requests=1")
        #expect(
            many.error.hasPrefix(
                "error: you are attempting to follow 2 log streams, but maximum allowed concurrency is 1"))
    }

    @Test func logErrors() async throws {
        let bench = try await bench()
        let golden = Golden("logs-errors", bench)
        for line in [
            "logs", "logs bx", "logs box -c nope", "logs -l app=none", "logs box --tail=-2", "logs deploy/none",
            "logs box --since=soon", "logs box -c box --all-containers",
        ] { try await golden.run(line) }
        try golden.check()
    }

    @Test func execRunsAndAnswersItsStatus() async throws {
        let bench = try await bench()
        let result = try await bench.run("exec box -- sh -c 'echo out; echo err >&2; exit 3'")
        #expect(result.output == "out\n")
        #expect(result.error == "err\ncommand terminated with exit code 3\n")
        #expect(result.status == 3)
        #expect(try await bench.run("exec -i box -- cat", input: "typed\n").output == "typed\n")
        #expect(try await bench.run("exec box -- cat", input: "not passed\n").output.isEmpty)
        let piped = try await bench.run("exec -it box -- cat", input: "x\n")
        #expect(piped.error == "Unable to use a TTY - input is not a terminal or the right kind of file\n")
    }

    @Test func leavingAnAttachedProcessLetsItLive() async throws {
        let bench = try await bench()
        let call = try LiveCall(bench, "attach box -i")
        _ = await call.lines(2)
        while bench.connector.sessions.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        #expect(await call.interrupt().status == 130)
        try await Task.sleep(for: .milliseconds(50))
        let session = try #require(bench.connector.sessions.first)
        #expect(session.signals.isEmpty)
        await session.signal(SIGKILL)
    }

    @Test func execErrors() async throws {
        let bench = try await bench()
        let golden = Golden("exec-errors", bench)
        for line in ["exec box ls", "exec box", "exec", "exec bx -- ls", "exec box -c nope -- ls", "exec box --"] {
            try await golden.run(line)
        }
        try golden.check()
    }

    @Test func theTerminalIsRawMeanwhileAndPutBack() async throws {
        let bench = try await bench()
        var (leader, follower): (Int32, Int32) = (-1, -1)
        var size = winsize(ws_row: 30, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0)
        try #require(openpty(&leader, &follower, nil, nil, &size) == 0)
        defer {
            close(leader)
            close(follower)
        }
        let before = try #require(LocalFlags(follower))
        let context = bench.context(input: follower, output: follower, error: follower)
        let command = bench.command
        let call = Task { await command.dispatch(["exec", "-it", "box", "--", "sleep", "60"], context) }
        while try #require(LocalFlags(follower)) == before { try await Task.sleep(for: .milliseconds(5)) }
        let during = try #require(LocalFlags(follower))
        #expect(!during.echoes)
        call.cancel()
        #expect(await call.value == 130)
        #expect(LocalFlags(follower) == before)
    }

    private struct LocalFlags: Equatable {
        let flags: tcflag_t
        var echoes: Bool { flags & tcflag_t(ECHO) != 0 }

        init?(_ descriptor: Int32) {
            var settings = termios()
            guard tcgetattr(descriptor, &settings) == 0 else { return nil }
            flags = settings.c_lflag
        }
    }

    @Test func aReaderThatGoesAwayEndsIt() async throws {
        signal(SIGPIPE, SIG_IGN)
        let bench = try await bench()
        let (read, write) = try Bench.pipe()
        close(read)
        let context = bench.context(input: 0, output: write, error: 2)
        #expect(await bench.command.dispatch(["get", "pods"], context) == 141)
        close(write)
    }

    @Test func runWaitsAttachesAndRemoves() async throws {
        let bench = try Bench()
        try await bench.node("node-1")
        let call = try LiveCall(bench, "run once --image=busybox --restart=Never --attach --rm -- true")
        while (try? await bench.client.get(.pods, namespace: "default", name: "once")) == nil {
            try await Task.sleep(for: .milliseconds(5))
        }
        try await bench.start("once")
        bench.connector.write(["hello"], to: "once/once")
        try await bench.setStatus(
            .pods, "once",
            "{phase: Failed, containerStatuses: [{name: once, image: busybox, imageID: x, restartCount: 0, ready: false, "
                + "state: {terminated: {exitCode: 4, reason: Error}}}]}")
        #expect(await call.status == 4)
        let lines = await call.lines(1)
        #expect(lines.contains { $0.hasPrefix("pod \"once\" deleted from default namespace") })
    }

    @Test func failureOfAContainerThatStartsAgain() {
        func pod(_ containerStatus: JSONValue) -> KubernetesObject {
            KubernetesObject(["status": ["containerStatuses": [containerStatus]]])
        }
        let failed: JSONValue = ["terminated": ["exitCode": 3, "reason": "Error"]]
        #expect(PodAttendance.failure(pod(["state": ["running": [:]], "lastState": failed]))?.code == 3)
        #expect(PodAttendance.failure(pod(["state": failed]))?.reason == "Error")
        #expect(PodAttendance.failure(pod(["state": ["terminated": ["exitCode": 0]]])) == nil)
        #expect(PodAttendance.failure(pod(["state": ["running": [:]]])) == nil)
    }
}
