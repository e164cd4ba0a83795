public import ContainerEngine
import ContainerRuntime
import Glibc
import LinuxKernel

/// Looks at this machine by doing what kijabi does: starts the engine, runs containers, connects one, sets a service and
/// a limit. Takes a fraction of a second and leaves nothing but the busybox image.
public struct Examination: Sendable {
    private let engine: EngineConfiguration
    private let stateDirectory: String
    private let environment: [String: String]

    /// - Parameters:
    ///   - engine: as the shell would start it; a zygote in it that has been started is not used.
    ///   - stateDirectory: where history and progress are kept.
    ///   - environment: of the process.
    public init(engine: EngineConfiguration, stateDirectory: String, environment: [String: String]) {
        var engine = engine
        engine.zygote = nil
        self.engine = engine
        self.stateDirectory = stateDirectory
        self.environment = environment
    }

    public func run() async -> Situation {
        let programs = [engine.zygoteProgram, engine.packetFilterProgram, engine.stubProgram]
        let directories: [(DirectoryFacts.Use, String)] = [
            (.images, engine.dataDirectory), (.state, stateDirectory), (.runtime, engine.runDirectory),
        ]
        var situation = await KernelThread.run("doctor") { [environment, engine] in
            var situation = Situation(
                userID: geteuid(), userName: Self.userName(), kernelRelease: Self.kernelRelease(),
                zygoteProgram: engine.zygoteProgram)
            situation.enclosure = Surroundings.enclosure()
            situation.settings = .read()
            situation.controlGroups = Surroundings.controlGroups(KernelFile.text("/proc/self/cgroup") ?? "")
            situation.terminal = Surroundings.terminal(environment)
            situation.machineObstacles = MachineFinding.obstacles(searchPath: environment["PATH"] ?? "/usr/bin:/bin")
            situation.hasVirtualization = access("/dev/kvm", R_OK | W_OK) == 0
            situation.missingPrograms = programs.filter { access($0, X_OK) != 0 }
            situation.directories = directories.map { DirectoryTrial.look(at: $0.1, for: $0.0) }
            return situation
        }
        await tryContainers(&situation)
        return situation
    }

    // MARK: Trying

    private func tryContainers(_ situation: inout Situation) async {
        if situation.missingPrograms.contains(engine.zygoteProgram) { return }
        let running: ContainerEngine
        do {
            running = try await ContainerEngine.start(engine, searchPath: environment["PATH"] ?? "/bin:/usr/bin")
        } catch {
            situation.harbour = await tryHarbour(otherwise: error)
            return
        }
        situation.harbour = .worked
        situation.idCount = running.harbour.idCount
        situation.image = await Self.outcome { () async throws(RuntimeError) in
            _ = try await running.resolveImage("busybox")
        }
        if situation.image.hasWorked {
            await ContainerTrial(engine: running).run(&situation)
        }
        await running.shutdown()
    }

    /// The engine could not be started: which step of making the harbour was refused?
    private func tryHarbour(otherwise error: RuntimeError) async -> Outcome {
        var template = Array("\(environment["TMPDIR"] ?? "/tmp")/kijabi-doctor-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return Self.outcome(of: error) }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { rmdir(directory) }
        let zygote: ZygoteProcess
        do {
            zygote = try ZygoteProcess(program: engine.zygoteProgram)
        } catch {
            return .refused(stage: "start", errno: error.code, path: engine.zygoteProgram)
        }
        // The harbour ends with its lifeline.
        defer { shutdown(zygote.lifeline.number, Int32(SHUT_RDWR)) }
        do {
            let harbour = try await Harbour.attempt(zygote: zygote, runDirectory: directory, dataDirectory: directory)
            _ = harbour
            return Self.outcome(of: error)
        } catch {
            return Self.outcome(of: error)
        }
    }

    static func outcome(_ body: () async throws(RuntimeError) -> Void) async -> Outcome {
        do {
            try await body()
            return .worked
        } catch {
            return outcome(of: error)
        }
    }

    static func outcome(of error: RuntimeError) -> Outcome {
        switch error {
        case .system(let stage, let errno, let path): .refused(stage: stage, errno: errno, path: path)
        case .unavailable(let reason): .failed(reason)
        case .invalid(let field, let reason): .failed("\(field): \(reason)")
        default: .failed("\(error)")
        }
    }

    // MARK: Facts

    private static func userName() -> String {
        guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else { return "\(geteuid())" }
        return String(cString: name)
    }

    private static func kernelRelease() -> String {
        var names = utsname()
        uname(&names)
        return withUnsafeBytes(of: &names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
