import Foundation
import Glibc
import RegistryStandIns
import Testing

@testable import Shell

/// The store of images when the disk is full, and when kijabi is killed while it makes something.
@Suite(.serialized, .enabled(if: Kijabi.isBuilt, "kijabi and its helpers have not been built"))
struct StoreReliabilityTests {
    /// A home directory of so many megabytes, in a mount namespace that ends with the program; afterwards it tells how
    /// many half-made things are left in it.
    static func smallDisk(megabytes: Int) -> [String] {
        let unshare =
            ["/usr/bin/unshare", "--mount"] + (geteuid() == 0 ? [] : ["--user", "--map-root-user"])
        let script = """
            mount -t tmpfs -o size=\(megabytes)m,mode=755 tmpfs "$HOME" || exit 99
            "$@"
            status=$?
            cd "$HOME/.local/share/kijabi/images"
            echo "left $(ls -A temporary downloads 2>/dev/null | grep -vc ':$\\|^$')"
            exit $status
            """
        return unshare + ["/bin/sh", "-c", script, "sh"]
    }

    @Test func aFullDiskStopsABuildAndNothingElse() throws {
        let result = try Kijabi.run(
            [
                "-c",
                """
                cat > Dockerfile <<'END'
                FROM busybox
                RUN dd if=/dev/urandom of=/big bs=1M count=64
                END
                docker build -t big . >log 2>&1
                echo build $?
                grep -ci 'no space left on device' log
                docker images -q big | wc -l
                docker run --rm busybox echo still here
                """,
            ], wrapper: Self.smallDisk(megabytes: 40))
        let lines = result.output.split(separator: "\n")
        #expect(lines.first == "build 1")
        #expect(lines.count > 1 && Int(lines[1]).map { $0 > 0 } == true)
        #expect(lines.dropFirst(2) == ["0", "still here", "left 0"])
    }

    @Test func aFullDiskStopsALoadAndNothingElse() throws {
        let result = try Kijabi.run(
            [
                "-c",
                """
                mkdir tree
                dd if=/dev/urandom of=tree/big bs=1M count=64 2>/dev/null
                tar -C tree -c . | docker import - big
                echo import $?
                docker images -q big | wc -l
                docker run --rm busybox echo still here
                """,
            ], wrapper: Self.smallDisk(megabytes: 40))
        #expect(result.output == "import 1\n0\nstill here\nleft 0\n")
        // It is refused as soon as it is known not to fit.
        #expect(result.error.contains("larger than allowed") || result.error.contains("no space left"))
    }

    @Test func aFullDiskStopsAPullAndNothingElse() throws {
        let layer = [UInt8](repeating: 7, count: 64 << 20)
        let shelf = Shelf([layer])
        let server = try StandInServer { shelf.answer($0) }
        let name = "\(server.domain)/large"
        let result = try Kijabi.run(
            [
                "-c",
                """
                docker run --rm busybox true
                docker pull -q \(name)
                echo pull $?
                docker images -q \(name) | wc -l
                docker run --rm -v kept:/v busybox sh -c 'dd if=/dev/zero of=/v/file bs=1M count=16 2>/dev/null && echo room'
                """,
            ], wrapper: Self.smallDisk(megabytes: 40))
        #expect(result.output == "pull 1\n0\nroom\nleft 0\n")
        #expect(result.error.contains("no space left on device"), "\(result.error)")
        #expect(result.error.contains("docker system prune"), "\(result.error)")
    }

    @Test func aVolumeOfAnotherKijabiIsNeitherRemovedNorCalledUnused() throws {
        let home = try Kijabi.Home()
        defer { home.remove() }
        let other = try Kijabi.start(
            ["-c", "docker run -v shared:/v busybox sh -c 'touch /v/here; exec sleep 1d'"], home: home)
        defer { if other.isRunning { kill(other.processIdentifier, SIGKILL) } }
        let deadline = ContinuousClock.now + .seconds(60)
        let mark = home.path + "/.local/share/kijabi/volumes/shared/here"
        while access(mark, F_OK) != 0, ContinuousClock.now < deadline { usleep(10_000) }
        let script = """
            docker volume ls -qf dangling=true
            docker volume prune -af >/dev/null
            docker volume rm shared || echo kept
            """
        let refused = try Kijabi.run(["-c", script], home: home)
        #expect(refused.output == "kept\n")
        #expect(refused.error.contains("volume is in use") && refused.error.contains("another window"))
        #expect(access(mark, F_OK) == 0)
        // However it ends, it holds nothing any more.
        kill(other.processIdentifier, SIGKILL)
        other.waitUntilExit()
        #expect(
            try Kijabi.run(["-c", script.replacing("prune -af >/dev/null", with: "ls -q")], home: home).output
                == "shared\nshared\nshared\n")
        #expect(access(mark, F_OK) != 0)
    }

    @Test func whatAKilledBuildLeavesIsSwept() throws {
        let home = try Kijabi.Home()
        defer { home.remove() }
        let images = home.path + "/.local/share/kijabi/images"
        let build = """
            cat > Dockerfile <<'END'
            FROM busybox
            RUN dd if=/dev/urandom of=/big bs=1M count=200 2>/dev/null
            END
            docker build -t big .
            """
        let process = try Kijabi.start(["-c", build], home: home)
        let deadline = ContinuousClock.now + .seconds(60)
        func halfMade() -> [String] {
            // Some of it belongs to the overlay, and is not to be read.
            FileManager.default.enumerator(atPath: images + "/temporary")?.compactMap { $0 as? String } ?? []
        }
        // Busybox itself goes this way first, so the layer is told by its size.
        func isGrowing() -> Bool {
            halfMade().contains { name in
                let attributes = try? FileManager.default.attributesOfItem(atPath: images + "/temporary/" + name)
                return (attributes?[.size] as? Int).map { $0 > 8 << 20 } ?? false
            }
        }
        while !isGrowing(), process.isRunning, ContinuousClock.now < deadline { usleep(2000) }
        #expect(process.isRunning && isGrowing())
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let next = try Kijabi.run(
            ["-c", "docker images -q big | wc -l; \(build) >/dev/null 2>&1; docker images -q big | wc -l"], home: home)
        #expect(next.output == "0\n1\n")
        #expect(halfMade().isEmpty)
    }
}
