import Foundation
import Glibc
import Testing

@testable import Shell

/// `-v PATH:…` means the files that whoever types it in the shell sees there.
@Suite(.serialized, .enabled(if: Kijabi.isBuilt, "kijabi and its helpers have not been built"))
struct BindMountTests {
    @Test func onATerminalAFileJustMadeIsThere() throws {
        let terminal = try Kijabi.open(["--lang", "en"])
        defer { terminal.end() }
        #expect(terminal.waitFor("[1] kijabi"))
        #expect(
            terminal.type(
                "cd /tmp; echo made$((6*7)) > a; docker run --rm -v $PWD:/x busybox sh -c 'cat /x/a; echo back > /x/b'\r",
                thenSee: "made42\r\n"))
        #expect(terminal.waitFor("[2] kijabi"))
        // A line that is a command of ours alone does not pass through the shell in the toolbox.
        #expect(terminal.type("docker run --rm -v ./b:/b:ro busybox sed s/a/o/ /b\r", thenSee: "bock\r\n"))
        #expect(terminal.waitFor("[3] kijabi"))
        #expect(access("/tmp/a", F_OK) != 0 && access("/tmp/b", F_OK) != 0)
        #expect(terminal.type("exit\r", thenSee: "Fair winds"))
    }

    @Test func aContainerFindsTheFilesOfTheShellThatIsMadeAnew() throws {
        let terminal = try Kijabi.open(["--lang", "en"])
        defer { terminal.end() }
        #expect(terminal.waitFor("[1] kijabi"))
        #expect(
            terminal.type(
                "docker create --name box -v /log:/log busybox sh -c 'echo seen$((6*7)); touch /log/here'\r",
                thenSee: "[2] kijabi"))
        #expect(terminal.type("rm -rf / 2>/dev/null\r", thenSee: "[3] kijabi"))
        #expect(terminal.type("docker start -a box\r", thenSee: "seen42"))
        #expect(terminal.waitFor("[4] kijabi"))
        #expect(terminal.type("ls /log\r", thenSee: "here\r\n"))
        #expect(terminal.type("exit\r", thenSee: "Fair winds"))
    }

    @Test func scriptsAndProjectsMountWhatTheySee() throws {
        let result = try Kijabi.run([
            "-c",
            """
            cd /tmp; mkdir -p project/data; cd project; ln -s /etc out; echo here > /etc/mark
            cat > compose.yaml <<'END'
            services:
              writer:
                image: busybox
                volumes: ["./data:/data", {type: bind, source: ./out, target: /out, read_only: true}]
                command: sh -c "cat /out/mark > /data/seen; echo no > /out/mark"
            END
            docker compose run --rm writer 2>/dev/null; cat data/seen /etc/mark
            docker run --rm --mount type=bind,src=./none,dst=/x busybox true; echo $?
            docker run --rm -v ./new/deep:/x busybox touch /x/file; ls new/deep
            docker create --name box -v ./log:/log busybox sh -c 'date >> /log/times' >/dev/null
            docker start -a box; docker start -a box; wc -l < log/times
            docker inspect -f '{{json .HostConfig.Binds}} {{(index .Mounts 0).Source}}' box
            sh -c 'docker run --rm -v /etc:/e busybox cat /e/mark'
            """,
        ])
        #expect(
            result.output == """
                here
                here
                125
                file
                2
                ["/tmp/project/log:/log"] /tmp/project/log
                here

                """)
        #expect(result.error.contains("bind source path does not exist: /tmp/project/none"))
    }
}
