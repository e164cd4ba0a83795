import ContainerEngine
import ContainerRuntime

/// Runs containers on an engine that has been started, and notes what came of it.
struct ContainerTrial {
    let engine: ContainerEngine

    func run(_ situation: inout Situation) async {
        var status = ""
        situation.container = await Examination.outcome { () async throws(RuntimeError) in
            status = try await output(["cat", "/proc/self/status"], network: .none)
        }
        guard situation.container.hasWorked else { return }
        situation.systemCallFilter = Self.filters(status) ? .worked : .failed("Seccomp: 0")
        situation.network = await Examination.outcome { () async throws(RuntimeError) in
            _ = try await output(["true"], network: .pod(subnet: "172.17.0.0/16"))
        }
        situation.packetFilter = await Examination.outcome { () async throws(RuntimeError) in
            try await engine.network.setServices([
                VirtualService(
                    name: "kijabi/doctor",
                    address: "10.96.0.1", port: 443, endpoints: [.init(address: "10.244.1.2", port: 80)])
            ])
        }
        var isEmulated = false
        situation.limits = await Examination.outcome { () async throws(RuntimeError) in
            isEmulated = try await limitIsEmulated()
        }
        situation.limitsAreEmulated = isEmulated
    }

    /// `Seccomp:` of proc_pid_status(5): 2 is a filter.
    static func filters(_ status: String) -> Bool {
        status.split(separator: "\n").contains { $0.hasPrefix("Seccomp:") && $0.hasSuffix("2") }
    }

    private func configuration(_ command: [String], _ network: SandboxConfiguration.Network) -> ContainerConfiguration {
        var configuration = ContainerConfiguration(image: "busybox", command: command)
        configuration.sandbox = SandboxConfiguration(name: "doctor", hostname: "doctor", network: network)
        return configuration
    }

    /// What the command writes; an exit status other than 0 is a failure.
    private func output(
        _ command: [String], network: SandboxConfiguration.Network
    ) async throws(RuntimeError) -> String {
        let id = try await engine.createContainer(configuration(command, network))
        let result: Result<String, RuntimeError>
        do {
            try await engine.startContainer(id)
            let exit = try await engine.waitContainer(id)
            var bytes: [UInt8] = []
            for await line in try await engine.logs(id, LogOptions()) { bytes += line.bytes }
            let text = String(decoding: bytes, as: UTF8.self)
            result =
                exit.code == 0
                ? .success(text)
                : .failure(.system(stage: "\(command[0]) exited with \(exit.code): \(text)", errno: 0, path: nil))
        } catch {
            result = .failure(error)
        }
        try? await engine.removeContainer(id, force: true)
        return try result.get()
    }

    private func limitIsEmulated() async throws(RuntimeError) -> Bool {
        var configuration = configuration(["sleep", "10"], .none)
        configuration.resources.memory = 64 << 20
        let id = try await engine.createContainer(configuration)
        let result: Result<Bool, RuntimeError>
        do {
            try await engine.startContainer(id)
            result = .success(try await engine.containerStatus(id).limitsAreEmulated)
        } catch {
            result = .failure(error)
        }
        try? await engine.removeContainer(id, force: true)
        return try result.get()
    }
}
