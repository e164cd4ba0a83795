import Glibc
import Terminal
import Testing

@testable import Shell

/// The built program as a person meets it, on pipes and on a pseudo-terminal.
@Suite(.serialized, .enabled(if: Kijabi.isBuilt, "kijabi and its helpers have not been built"))
struct ProgramTests {
    @Test func scriptsBehaveLikeThoseOfAShell() throws {
        let script = """
            echo out; echo err >&2
            cd /tmp && X=5
            echo $X $PWD
            false
            echo $?
            kubectl get nodes -o name | tail -1
            for i in 1 2; do kubectl get nodes -o name | head -$i | wc -l; done
            cat <<E | kubectl apply -f -
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: made-here}
            E
            kubectl get cm made-here -o name
            exit 5
            """
        let result = try Kijabi.run(["-c", script])
        #expect(
            result.output == """
                out
                5 /tmp
                1
                node/node-3
                1
                2
                configmap/made-here created
                configmap/made-here

                """)
        #expect(result.error.contains("err\n"))
        #expect(result.status == 5)
    }

    @Test func descriptorsAreTheCallersOwn() throws {
        #expect(try Kijabi.run(["-c", "cat"], input: "through\n").output == "through\n")
        #expect(try Kijabi.run([], input: "echo a\nkubctl\n").status == 127)
        #expect(try Kijabi.run([], input: "kubctl get pods\n").error.contains("kubectl"))
        #expect(try Kijabi.run(["/nonexistent"]).status == 127)
        #expect(try Kijabi.run(["--bogus"]).status == 2)
    }

    @Test func nothingInTheToolboxReachesThisMachine() throws {
        let result = try Kijabi.run([
            "-c", "rm -rf /work /etc /tmp 2>/dev/null; ls /work | wc -l; kill -9 1; echo alive",
        ])
        #expect(result.output.hasSuffix("alive\n"))
        #expect(access("Package.swift", F_OK) == 0 || access("/etc/passwd", F_OK) == 0)
    }

    @Test func aSessionOnATerminal() throws {
        let terminal = try Kijabi.open(["--lang", "en"])
        defer { terminal.end() }
        #expect(terminal.waitFor("[1] kijabi"))
        #expect(terminal.type("echo 한글 $((6*7))\r", thenSee: "한글 42"))
        #expect(terminal.waitFor("[2] kijabi ⎈"))
        #expect(terminal.type("cd /etc\r", thenSee: "[3] kijabi ⎈"))
        #expect(terminal.type("pwd\r", thenSee: "/etc"))
        #expect(terminal.waitFor("[4] kijabi ⎈"))
        // The job itself says that it runs: a key before that would be the shell's.
        let job = "sh -c 'echo run$((6*7)); exec sleep 60'\r"
        #expect(terminal.type(job, thenSee: "run42"))
        #expect(terminal.type("\u{1A}", thenSee: "Stopped"))
        #expect(terminal.waitFor("[5] kijabi ⎈"))
        #expect(terminal.type("fg\r", thenSee: "exec sleep 60"))
        usleep(500_000)
        #expect(terminal.type("\u{03}", thenSee: "✗ 130"))
        #expect(terminal.waitFor("[6] kijabi ⎈"))
        #expect(terminal.type("kubectl get pods -w\r", thenSee: "get pods -w"))
        usleep(300_000)
        let start = ContinuousClock.now
        #expect(terminal.type("\u{03}", thenSee: "kijabi ⎈"))
        #expect(ContinuousClock.now - start < .seconds(1))
        #expect(terminal.type("sleep 1\recho typed ahead\r", thenSee: "typed ahead\r\n"))
        #expect(terminal.type("for i in a b\rdo echo [$i]\rdone\r", thenSee: "[b]"))
        #expect(terminal.type("exit 4\r", thenSee: "Fair winds"))
        #expect(terminal.exitStatus() == 4)
    }

    @Test func plainTerminalsGetPlainText() throws {
        let terminal = try Kijabi.open(["--lang", "en"], environment: ["TERM": "dumb"])
        defer { terminal.end() }
        #expect(terminal.waitFor("[1] kijabi > "))
        #expect(terminal.type("kubectl get nodes\r", thenSee: "node-3"))
        #expect(!terminal.seen.contains("\u{1B}"))
        #expect(terminal.type("\u{04}", thenSee: "Fair winds"))
        #expect(terminal.exitStatus() == 0)
    }

    @Test func beingToldToEndIsOrderly() throws {
        let terminal = try Kijabi.open(["--lang", "en"])
        defer { terminal.end() }
        #expect(terminal.waitFor("[1] kijabi"))
        terminal.signal(SIGTERM)
        #expect(terminal.exitStatus() != nil)
    }
}
