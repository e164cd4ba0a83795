import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// A thousand containers come and go, and containers take all they can get.
@Suite(.serialized) struct EnduranceTests {
    private struct Footprint: Equatable {
        var descriptors: Int
        var harbourDescriptors: Int
        var processes: Int
        var mounts: Int
        var groups: Int
    }

    private func footprint(_ fixture: EngineFixture) throws -> Footprint {
        let harbour = fixture.engine.harbour.pid
        func entries(_ path: String) throws -> Int { try FileManager.default.contentsOfDirectory(atPath: path).count }
        let name = "kijabi-\(fixture.engine.runDirectory.split(separator: "/").last ?? "")"
        let groups = LimitTests.groups(named: name).reduce(0) { count, path in
            count
                + ((try? FileManager.default.subpathsOfDirectory(atPath: path))?.filter { !$0.contains(".") }.count ?? 0)
        }
        return Footprint(
            descriptors: try entries("/proc/self/fd"), harbourDescriptors: try entries("/proc/\(harbour)/fd"),
            processes: ProcessTree.below(harbour).count,
            mounts: try String(contentsOfFile: "/proc/\(harbour)/mounts", encoding: .utf8).split(separator: "\n").count,
            groups: groups)
    }

    /// What has ended is given back after its end has been told, and the harbour makes namespaces ahead when it is idle:
    /// once nothing of that is left to do, the numbers stand still.
    private func settledFootprint(_ fixture: EngineFixture) async throws -> Footprint {
        var last = try footprint(fixture)
        var repetitions = 0
        for _ in 0..<500 where repetitions < 10 {
            await KernelThread.run("wait") { _ = usleep(20_000) }
            let new = try footprint(fixture)
            repetitions = new == last ? repetitions + 1 : 0
            last = new
        }
        return last
    }

    /// A size in proc_pid_status(5). `VmData` is exact, where the kernel counts resident pages in batches.
    private func kilobytes(_ name: String, _ pid: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name + ":") })
        return try #require(Int(line.filter(\.isNumber)))
    }

    @Test(.timeLimit(.minutes(5))) func aThousandCyclesLeaveNoTrace() async throws {
        let fixture = try await EngineFixture()
        func cycle(_ number: Int) async throws {
            let result = try await fixture.run("echo", "\(number)") {
                if number % 10 == 0 { $0.resources.memory = 32 << 20 }
                if number % 7 == 0 { $0.usesInit = true }
                if number % 5 == 0 { $0.mounts = [Mount(source: .tmpfs(size: 4096), target: "/t")] }
            }
            try #require(result.output == "\(number)\n")
        }
        for number in 0..<100 { try await cycle(number) }
        _ = try await fixture.engine.images()
        let before = try await settledFootprint(fixture)
        let memory = (try kilobytes("VmRSS", getpid()), try kilobytes("VmData", fixture.engine.harbour.pid))
        for number in 100..<1100 { try await cycle(number) }
        #expect(try await settledFootprint(fixture) == before)
        // A thousand records of a kilobyte would be one megabyte; allocators keep some.
        #expect(try kilobytes("VmRSS", getpid()) - memory.0 < 8192)
        #expect(try kilobytes("VmData", fixture.engine.harbour.pid) - memory.1 < 256)
        await fixture.engine.shutdown()
    }

    @Test(arguments: [
        // descriptors, processes, memory, files and shared memory
        "i=3; while eval \"exec $i</dev/null\" 2>/dev/null; do i=$((i+1)); done; echo all",
        "ulimit -u; f() { f | f & }; f 2>/dev/null; sleep 0.2; echo all",
        "tail /dev/zero; echo all",
        "dd if=/dev/zero of=/dev/shm/big bs=64k 2>/dev/null; echo all",
    ])
    func takingEverythingHarmsNobodyElse(_ script: String) async throws {
        let fixture = try await EngineFixture()
        let neighbour = try await fixture.start("sleep", "1000")
        let greedy = try await fixture.start("sh", "-c", script) {
            $0.resources.memory = 64 << 20
            $0.resources.pids = 32
            $0.processLimits = [ProcessLimit(name: "nofile", soft: 64, hard: 64)]
        }
        // The neighbour is served meanwhile.
        #expect(try await fixture.exec(neighbour, "echo", "here").output == "here\n")
        #expect(try await fixture.shell("echo new") == "new")
        try await fixture.engine.removeContainer(greedy, force: true)
        #expect(try await fixture.engine.processes(neighbour).count == 1)
        #expect(await fixture.engine.containers().count == 1)
        await fixture.engine.shutdown()
    }
}
