import Glibc
import Terminal

/// The work of `run-none` done by another tool of this machine, in the same run: what its figure is compared with.
struct PeerBenchmark: Benchmark {
    /// The program, which is also the name of the package that brings it.
    let program: String
    var package: String { program == "bwrap" ? "bubblewrap" : program }
    /// What stands between its name and what it is to run, given the bundle.
    let arguments: @Sendable (PeerBundle) -> [String]

    var name: String { "peer-\(program)" }
    var summary: Localized {
        Localized(
            ko: "같은 일을 \(program)이 할 때: 컨테이너 하나를 시작하고 끝냄",
            en: "the same by \(program): start and end one container")
    }
    let count = 20

    static let all = [
        PeerBenchmark(program: "bwrap") { bundle in
            ["--unshare-all", "--bind", bundle.root, "/", "--proc", "/proc", "--dev", "/dev", "/bin/true"]
        },
        PeerBenchmark(program: "crun") { bundle in
            ["--cgroup-manager=disabled", "run", "--bundle", bundle.directory.path, "kijabi-bench-\(getpid())"]
        },
        PeerBenchmark(program: "runc") { bundle in
            ["run", "--bundle", bundle.directory.path, "kijabi-bench-\(getpid())"]
        },
        PeerBenchmark(program: "podman") { bundle in
            // crun refuses a machine with both versions of control groups, where it is podman that starts it.
            (ForeignProgram.find("runc").map { ["--runtime", $0] } ?? []) + [
                "run", "--rm", "--network", "none", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096",
                "--rootfs", bundle.root, "/bin/true",
            ]
        },
    ]

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        guard let path = ForeignProgram.find(program) else {
            throw BenchmarkError.notCompared("\(program) is not installed (package \(package)); not compared")
        }
        let bundle = try PeerBundle(parent: house.environment["TMPDIR"] ?? "/tmp")
        defer { bundle.directory.remove() }
        let environment = ["PATH", "HOME", "XDG_RUNTIME_DIR"].compactMap { name in
            house.environment[name].map { "\(name)=\($0)" }
        }
        let foreign = ForeignProgram(
            path: path, arguments: [program] + arguments(bundle), environment: environment,
            isSilenced: true)
        // The first run may make directories of its own, or not be possible: crun refuses some machines.
        do throws(BenchmarkError) {
            _ = try await foreign.measure()
        } catch {
            throw BenchmarkError.notCompared("\(error.description); not compared")
        }
        while !sampling.isComplete { try await sampling.add(try await foreign.measure()) }
    }
}
