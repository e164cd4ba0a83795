import Testing

@testable import Shell

/// What docker run and exec do to the files and descriptors of who calls them.
@Suite(.serialized, .enabled(if: Kijabi.isBuilt, "kijabi and its helpers have not been built"))
struct RunCommandTests {
    @Test func theIdentifierIsWrittenIntoANewFileOnly() throws {
        let result = try Kijabi.run([
            "-c",
            """
            docker create --cidfile id --name first busybox true > told
            test "$(cat id)" = "$(cat told)" && echo same
            docker run --cidfile id --name second busybox echo no; echo $?
            docker run --cidfile /nowhere/id --name third busybox echo no; echo $?
            docker run --cidfile other --sysctl vm.swappiness=1 busybox echo no 2>/dev/null; echo $?
            ls other 2>/dev/null
            docker ps -a --format '{{.Names}}'
            """,
        ])
        #expect(result.output == "same\n125\n125\n125\nfirst\n")
        #expect(result.error.contains("container ID file found"))
        #expect(result.error.contains("open /nowhere/id: no such file or directory"))
    }

    @Test func outputThatCannotBeWrittenIsAFailure() throws {
        let result = try Kijabi.run([
            "-c",
            """
            docker run --rm busybox echo lost > /dev/full; echo $?
            docker run --rm busybox sh -c 'echo lost; exit 3' > /dev/full; echo $?
            docker run --rm busybox yes | head -n 1
            """,
        ])
        #expect(result.output == "1\n3\ny\n")
        #expect(result.error.contains("write /dev/stdout: no space left on device"))
    }

    @Test func privilegesAreTheExecutedProgramsOnly() throws {
        let result = try Kijabi.run([
            "-c",
            """
            docker run -d --name box busybox sleep 1000 > /dev/null
            docker exec --privileged box grep -E 'CapEff|Seccomp:' /proc/self/status
            docker exec box grep -E 'CapEff|Seccomp:' /proc/self/status
            docker rm -f box
            """,
        ])
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines.first?.hasSuffix("1ffffffffff") == true)
        #expect(lines.dropFirst() == ["Seccomp:\t0", "CapEff:\t00000000a80425fb", "Seccomp:\t2", "box"])
    }
}
