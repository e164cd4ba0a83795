import Foundation
import Glibc
import RegistryStandIns
import Testing

@testable import Shell

/// Commands whose other side does nothing: a registry that is silent, a reader that does not read.
@Suite(.serialized, .enabled(if: Kijabi.isBuilt, "kijabi and its helpers have not been built"))
struct InterruptionTests {
    @Test func ctrlCEndsAPullFromASilentRegistry() throws {
        let home = try Kijabi.Home()
        defer { home.remove() }
        let server = try StandInServer { $0.path == "/v2/" ? .status(200) : .silence }
        let process = try Kijabi.start(["-c", "docker pull \(server.domain)/silent"], home: home)
        while !server.requests.contains(where: { $0.path.contains("/manifests/") }), process.isRunning { usleep(2000) }
        #expect(process.isRunning)
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
    }

    /// More followers of a flood of log than this machine has processors, none of which is read: everything else goes on,
    /// the container too, and neither the log nor the memory grows without end.
    @Test func unreadFollowersHoldUpNobody() throws {
        let followers = Array(
            repeating: "docker logs -f flood | sleep 1000 &", count: ProcessInfo.processInfo.processorCount + 2)
        let result = try Kijabi.run([
            "-c",
            """
            docker run -d --name flood busybox sh -c '
            yes $(printf %0500d 0) | head -c 40000000; echo; echo over; exec sleep 1000' >/dev/null
            \(followers.joined(separator: "\n"))
            until docker logs --tail 1 flood | grep -q over; do :; done
            docker run --rm busybox echo alive
            docker logs flood | wc -c | awk '{ print ($1 < 12000000) ? "bounded" : $1 }'
            docker rm -f flood
            """,
        ])
        #expect(result.output == "alive\nbounded\nflood\n")
    }
}
