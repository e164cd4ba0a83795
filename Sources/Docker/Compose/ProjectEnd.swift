import Commands
import Compose
import ContainerRuntime

/// Stops a project's containers: those of services that nobody waits for first, what can end together at once.
struct ProjectEnd {
    let session: ComposeSession
    let progress: ComposeProgress?
    /// Seconds before SIGKILL; nil is each container's own.
    let timeout: Int?
    let removes: Bool

    func run(_ containers: [ProjectContainer]) async throws(RuntimeError) {
        var rest = containers
        // Of services that the file does not know, nobody knows what they wait for.
        let known = StartOrder.endingGroups(session.project.services)
        let orphans = rest.filter { container in !known.joined().contains(container.service) }
        rest.removeAll { container in orphans.contains { $0.status.id == container.status.id } }
        var groups = [orphans]
        for names in known { groups.append(rest.filter { names.contains($0.service) }) }
        for group in groups {
            let failures = await withTaskGroup(of: RuntimeError?.self) { tasks in
                for container in group { tasks.addTask { await end(container) } }
                var failures: [RuntimeError] = []
                for await failure in tasks { if let failure { failures.append(failure) } }
                return failures
            }
            if let first = failures.first { throw first }
        }
    }

    private func end(_ container: ProjectContainer) async -> RuntimeError? {
        let title = "Container \(container.status.name)"
        let grace = Duration.seconds(timeout ?? container.status.configuration.stopTimeout ?? 10)
        do throws(RuntimeError) {
            if container.isAlive {
                progress?.set(title, "Stopping")
                try await session.engine.stopContainer(container.status.id, grace: grace)
                if !removes { progress?.set(title, "Stopped", isDone: true) }
            }
            guard removes else { return nil }
            progress?.set(title, "Removing")
            try await session.engine.removeContainer(container.status.id, force: true)
            progress?.set(title, "Removed", isDone: true)
            return nil
        } catch {
            progress?.set(title, "Error", isError: true)
            return error
        }
    }
}
