import Commands
import Compose
import ContainerRuntime
import Terminal

/// Brings the engine to what a project says: networks, images, containers, and then their start, one waiting for another.
struct ProjectConvergence {
    let session: ComposeSession
    let services: [ServiceDefinition]
    let progress: ComposeProgress

    private var engine: any Engine { session.engine }
    private var project: ComposeProject { session.project }
    private var line: Invocation { session.line }

    /// Networks and images.
    func prepare() async throws(RuntimeError) {
        try await makeImages()
        try await makeNetworks()
        try await makeVolumes()
        if line.isOn("remove-orphans") { try await removeOrphans() } else { await warnOfOrphans() }
    }

    private func makeNetworks() async throws(RuntimeError) {
        let used = Set(services.flatMap { $0.networks.map(\.network) })
        let present = Set(await engine.networks().map(\.name))
        for network in project.networks where used.contains(network.key) && !present.contains(network.name) {
            if network.isExternal {
                throw .conflict("network \(network.name) declared as external, but could not be found")
            }
            let title = "Network \(network.name)"
            progress.set(title, "Creating")
            var wanted = NetworkConfiguration(name: network.name)
            wanted.subnet = network.subnet
            wanted.gateway = network.gateway
            wanted.isInternal = network.isInternal
            wanted.labels = network.labels
            wanted.labels[ComposeLabel.project] = project.name
            wanted.labels[ComposeLabel.network] = network.key
            do throws(RuntimeError) {
                _ = try await engine.createNetwork(wanted)
            } catch {
                progress.set(title, "Error", isError: true)
                throw error
            }
            progress.set(title, "Created", isDone: true)
        }
    }

    private func makeVolumes() async throws(RuntimeError) {
        let used = Set(services.flatMap(\.volumes))
        let present = Set(try await engine.volumes().map(\.name))
        for volume in project.volumes where used.contains(volume.key) && !present.contains(volume.name) {
            if volume.isExternal {
                throw .conflict("external volume \"\(volume.name)\" not found")
            }
            let title = "Volume \(volume.name)"
            progress.set(title, "Creating")
            var labels = volume.labels
            labels[ComposeLabel.project] = project.name
            labels[ComposeLabel.volume] = volume.key
            _ = try await engine.createVolume(volume.name, labels: labels)
            progress.set(title, "Created", isDone: true)
        }
    }

    private func makeImages() async throws(RuntimeError) {
        for service in services {
            guard service.build != nil, !line.isOn("no-build") else { continue }
            let image = ServiceContainer(session: session, service: service).image
            if !line.isOn("build"), (try? await engine.resolveImage(image)) != nil { continue }
            let status = await session.docker(ComposeBuild.words(service, image: image, session))
            if status != 0 { throw .conflict("failed to build \(service.name)") }
        }
        guard line["pull"] == "always" else { return }
        for service in services where service.build == nil {
            guard let image = service.image else { continue }
            if await session.docker(["pull", "-q", image]) != 0 { throw .noSuchImage(image) }
        }
    }

    private func orphans() async -> [ProjectContainer] {
        let known = Set(project.services.map(\.name))
        return await session.containers().filter { !known.contains($0.service) }
    }

    private func removeOrphans() async throws(RuntimeError) {
        for orphan in await orphans() { try await remove(orphan) }
    }

    private func warnOfOrphans() async {
        let names = await orphans().map(\.status.name)
        guard !names.isEmpty else { return }
        session.context.error.line(
            "WARN[0000] Found orphan containers (\(names)) for this project. If you removed or renamed this service in your "
                + "compose file, you can run this command with the --remove-orphans flag to clean it up.")
    }

    // MARK: Containers

    /// Makes the containers that are missing or differ, and removes those that are too many.
    func create() async throws(RuntimeError) {
        for service in StartOrder.sorted(services) {
            let maker = ServiceContainer(session: session, service: service)
            let present = await session.containers(of: [service.name])
            let wanted = await maker.fingerprint()
            var kept: Set<Int> = []
            for container in present.sorted(by: { $0.number < $1.number }) {
                let isWanted = kept.count < service.replicas
                let isSame = container.fingerprint == wanted && !line.isOn("force-recreate")
                if isWanted, isSame || line.isOn("no-recreate") {
                    kept.insert(container.number)
                    if !container.isAlive { continue }
                    progress.set("Container \(container.status.name)", "Running", isDone: true)
                } else if isWanted {
                    try await recreate(container, maker)
                    kept.insert(container.number)
                } else {
                    try await remove(container)
                }
            }
            var number = 1
            while kept.count < service.replicas {
                if kept.insert(number).inserted { try await make(number, maker) }
                number += 1
            }
        }
    }

    private func make(_ number: Int, _ maker: ServiceContainer) async throws(RuntimeError) {
        let title = "Container \(maker.name(number))"
        progress.set(title, "Creating")
        do throws(RuntimeError) {
            _ = try await maker.create(number: number)
        } catch {
            progress.set(title, "Error", isError: true)
            throw error
        }
        progress.set(title, "Created", isDone: true)
    }

    private func recreate(_ container: ProjectContainer, _ maker: ServiceContainer) async throws(RuntimeError) {
        let title = "Container \(container.status.name)"
        progress.set(title, "Recreate")
        try await engine.stopContainer(container.status.id, grace: grace(container))
        try await engine.removeContainer(container.status.id, force: true)
        _ = try await maker.create(number: container.number)
        progress.set(title, "Recreated", isDone: true)
    }

    private func remove(_ container: ProjectContainer) async throws(RuntimeError) {
        try await ProjectEnd(
            session: session, progress: progress, timeout: line.integer("timeout"), removes: true
        ).run([container])
    }

    private func grace(_ container: ProjectContainer) -> Duration {
        .seconds(line.integer("timeout") ?? container.status.configuration.stopTimeout ?? 10)
    }

    // MARK: Start

    /// Starts all services, each when what it waits for is as far as it wants it.
    /// - Parameter untilHealthy: also waits until those with a health check are healthy (`--wait`).
    func start(untilHealthy: Bool) async throws(RuntimeError) {
        // From before the first look, so that no change is missed.
        let changes = await engine.events()
        var waiting = services.filter { $0.replicas > 0 }
        var failures: [RuntimeError] = []
        var states = try await look()
        var iterator = changes.makeAsyncIterator()
        while true {
            var hasStarted = false
            for service in waiting {
                switch StartOrder.decide(service, progress: states) {
                case .wait: continue
                case .start:
                    do throws(RuntimeError) {
                        try await start(service)
                    } catch {
                        failures.append(error)
                        states[service.name] = .failed
                    }
                case .give(let dependency, let state):
                    failures.append(.conflict(Self.reason(dependency, state, project)))
                    states[service.name] = .failed
                }
                waiting.removeAll { $0.name == service.name }
                hasStarted = true
            }
            let looked = try await look()
            for (name, state) in looked where states[name] != .failed { states[name] = state }
            if hasStarted { continue }
            if waiting.isEmpty, !untilHealthy || states.values.allSatisfy({ !Self.isUnsettled($0, services, states) }) {
                break
            }
            if Task.isCancelled { break }
            // Health is told by events too; a look now and then catches what has no event.
            await Self.nextChange(&iterator)
            for (name, state) in try await look() where states[name] != .failed { states[name] = state }
        }
        if let first = failures.first { throw first }
        if untilHealthy, let bad = states.first(where: { $0.value == .unhealthy }) {
            throw .conflict("container \(project.name)-\(bad.key)-1 is unhealthy")
        }
    }

    private static func nextChange(_ iterator: inout AsyncStream<ContainerEvent>.Iterator) async {
        _ = await iterator.next()
    }

    private static func isUnsettled(
        _ state: StartOrder.Progress, _ services: [ServiceDefinition], _ states: [String: StartOrder.Progress]
    ) -> Bool {
        switch state {
        case .notStarted: true
        case .started: services.contains { states[$0.name] == .started && $0.healthCheck?.test != nil }
        default: false
        }
    }

    private static func reason(
        _ dependency: ServiceDependency, _ state: StartOrder.Progress, _ project: ComposeProject
    ) -> String {
        let name = project[service: dependency.service]?.containerName ?? "\(project.name)-\(dependency.service)-1"
        switch state {
        case .unhealthy: return "dependency failed to start: container \(name) is unhealthy"
        case .exited(let code) where dependency.condition == .completed:
            return "service \"\(dependency.service)\" didn't complete successfully: exit \(code)"
        case .exited(let code): return "dependency failed to start: container \(name) exited (\(code))"
        default: return "dependency failed to start: container \(name)"
        }
    }

    private func start(_ service: ServiceDefinition) async throws(RuntimeError) {
        for container in await session.containers(of: [service.name]) where !container.isAlive {
            let title = "Container \(container.status.name)"
            progress.set(title, "Starting")
            do throws(RuntimeError) {
                try await engine.startContainer(container.status.id)
            } catch {
                progress.set(title, "Error", isError: true)
                throw error
            }
            progress.set(title, "Started", isDone: true)
        }
    }

    /// How every service is doing, as those see it that wait for it.
    private func look() async throws(RuntimeError) -> [String: StartOrder.Progress] {
        var states: [String: StartOrder.Progress] = [:]
        let all = await session.containers()
        for service in services {
            let containers = all.filter { $0.service == service.name }
            states[service.name] = Self.progress(of: containers)
            guard
                services.contains(where: { other in
                    other.dependencies.contains { $0.service == service.name && $0.condition == .healthy }
                })
            else { continue }
            let word: (String, Bool, Bool)? =
                switch states[service.name] {
                case .healthy: ("Healthy", true, false)
                case .unhealthy: ("Unhealthy", false, true)
                case .started: ("Waiting", false, false)
                case .exited(let code): ("Exited (\(code))", false, true)
                default: nil
                }
            if let word {
                for container in containers {
                    progress.set("Container \(container.status.name)", word.0, isDone: word.1, isError: word.2)
                }
            }
        }
        return states
    }

    static func progress(of containers: [ProjectContainer]) -> StartOrder.Progress {
        if containers.isEmpty || containers.contains(where: { $0.status.state == .created }) { return .notStarted }
        if containers.contains(where: { $0.status.health?.state == .unhealthy && $0.isAlive }) { return .unhealthy }
        if containers.allSatisfy({ !$0.isAlive }) {
            return .exited(containers.compactMap { $0.status.exit?.code }.max() ?? 0)
        }
        let isHealthy = containers.allSatisfy { $0.status.health.map { $0.state == .healthy } ?? false }
        return isHealthy ? .healthy : .started
    }
}
