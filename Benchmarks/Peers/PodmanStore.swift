/// podman with an empty store of its own, which does not touch the person's.
struct PodmanStore: Sendable {
    private let directory: ScratchDirectory
    private let path: String
    private let environment: [String]

    init(_ house: BenchHouse) throws {
        guard let path = ForeignProgram.find("podman") else {
            throw BenchmarkError.notCompared("podman is not installed (package podman); not compared")
        }
        self.path = path
        environment = ["PATH", "HOME", "XDG_RUNTIME_DIR"].compactMap { name in
            house.environment[name].map { "\(name)=\($0)" }
        }
        directory = try ScratchDirectory(parent: house.environment["TMPDIR"] ?? "/tmp")
    }

    /// - Returns: milliseconds.
    @discardableResult
    func run(_ words: [String]) async throws(BenchmarkError) -> Double {
        // crun refuses a machine with both versions of control groups, where it is podman that starts it.
        let runtime = ForeignProgram.find("runc").map { ["--runtime", $0] } ?? []
        let place = ["--root", directory.path + "/root", "--runroot", directory.path + "/run"]
        do throws(BenchmarkError) {
            return try await ForeignProgram(
                path: path, arguments: ["podman"] + place + runtime + words, environment: environment, isSilenced: true
            ).measure()
        } catch {
            throw BenchmarkError.notCompared("\(error.description); not compared")
        }
    }

    func remove() async {
        _ = try? await run(["rmi", "--all", "--force"])
        directory.remove()
    }
}
