import Commands
import ContainerRuntime
import Terminal

/// Which containers belong to docker: those of Pods and of the shell itself are looked after by others.
enum DockerContainers {
    static func isOwn(_ status: ContainerStatus) -> Bool {
        status.configuration.labels["io.kubernetes.pod.name"] == nil
            && status.configuration.labels["kijabi.role"] == nil
    }

    /// Completions of container names.
    static func completions(_ runtime: any ContainerRuntime, where isWanted: (ContainerStatus) -> Bool = { _ in true })
        async -> [Completion]
    {
        await runtime.containers().filter { isOwn($0) && isWanted($0) }.map {
            Completion($0.name, explanation: "\($0.imageReference), \($0.state.rawValue)")
        }
    }
}

extension Command {
    /// A command that takes one or more containers.
    func completingContainers(
        _ runtime: any ContainerRuntime, onlyFirst: Bool = false,
        where isWanted: @escaping @Sendable (ContainerStatus) -> Bool = { _ in true }
    ) -> Command {
        var command = self
        command.completeArgument = { _, index, _ in
            onlyFirst && index > 0 ? [] : await DockerContainers.completions(runtime, where: isWanted)
        }
        return command
    }
}

extension CommandContext {
    /// Has the container run whose files another one mounts: the shell's may have to be made anew.
    func prepareSources(of status: ContainerStatus) async {
        let mountsFiles = status.configuration.mounts.contains { mount in
            if case .container = mount.source { true } else { false }
        }
        // Where it cannot be had, the start says so.
        if mountsFiles { _ = try? await files.container() }
    }

    /// Does `action` for each container named, printing the name as it was given where it succeeds.
    /// - Returns: 1 if any failed.
    func forEach(
        _ names: [String], command: String, _ action: (String) async throws(RuntimeError) -> Void
    ) async -> Int32 {
        await forEach(
            names, command: command,
            whereDone: { name throws(RuntimeError) in
                try await action(name)
                return true
            })
    }

    /// Does `action` for each container named, printing the name as it was given where something was done.
    /// - Parameter action: false where there was nothing to do, which is no failure.
    /// - Returns: 1 if any failed.
    func forEach(
        _ names: [String], command: String, whereDone action: (String) async throws(RuntimeError) -> Bool
    ) async -> Int32 {
        guard !names.isEmpty else {
            return reportUsage("'docker \(command)' requires at least 1 argument", command: command)
        }
        var status: Int32 = 0
        for name in names {
            do {
                if try await action(name) { output.line(name) }
            } catch {
                status = report(error)
            }
        }
        return status
    }
}
