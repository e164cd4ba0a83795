/// In which order services start, from what each waits for.
public enum StartOrder {
    /// Services that wait for each other, the first named again at the end; nil where there are none.
    static func cycle(in services: [ServiceDefinition]) -> [String]? {
        let edges = Dictionary(uniqueKeysWithValues: services.map { ($0.name, $0.dependencies.map(\.service)) })
        var finished: Set<String> = []
        var path: [String] = []
        func visit(_ name: String) -> [String]? {
            if let start = path.firstIndex(of: name) { return path[start...] + [name] }
            if finished.contains(name) { return nil }
            path.append(name)
            defer {
                path.removeLast()
                finished.insert(name)
            }
            for next in edges[name] ?? [] {
                if let cycle = visit(next) { return cycle }
            }
            return nil
        }
        for service in services {
            if let cycle = visit(service.name) { return cycle }
        }
        return nil
    }

    /// Those that others wait for first.
    public static func sorted(_ services: [ServiceDefinition]) -> [ServiceDefinition] {
        let known = Dictionary(uniqueKeysWithValues: services.map { ($0.name, $0) })
        var done: Set<String> = []
        var order: [ServiceDefinition] = []
        func visit(_ service: ServiceDefinition) {
            guard done.insert(service.name).inserted else { return }
            for dependency in service.dependencies {
                if let next = known[dependency.service] { visit(next) }
            }
            order.append(service)
        }
        services.forEach(visit)
        return order
    }

    /// The same in groups that may end at the same time: those that nobody waits for any more come first.
    public static func endingGroups(_ services: [ServiceDefinition]) -> [[String]] {
        var depths: [String: Int] = [:]
        for service in sorted(services) {
            let below = service.dependencies.compactMap { depths[$0.service] }.max()
            depths[service.name] = below.map { $0 + 1 } ?? 0
        }
        return Dictionary(grouping: depths.keys) { depths[$0] ?? 0 }.sorted { $0.key > $1.key }.map {
            $0.value.sorted()
        }
    }

    /// How a service that is waited for is doing.
    public enum Progress: Sendable, Hashable {
        case notStarted
        case started
        case healthy
        case unhealthy
        /// All of its containers have ended; the worst exit status.
        case exited(Int32)
        /// It could not be started, or what it waited for has failed.
        case failed
    }

    public enum Decision: Sendable, Hashable {
        case start
        case wait
        /// `dependency failed to start: …`
        case give(up: ServiceDependency, because: Progress)
    }

    /// What is to be done with a service, given how those are doing that it waits for. One that is not among `progress` is
    /// not part of this and not waited for.
    public static func decide(_ service: ServiceDefinition, progress: [String: Progress]) -> Decision {
        var decision = Decision.start
        for dependency in service.dependencies {
            guard let state = progress[dependency.service] else { continue }
            switch (dependency.condition, state) {
            case (_, .failed), (.healthy, .unhealthy), (.healthy, .exited):
                if dependency.isRequired { return .give(up: dependency, because: state) }
            case (.completed, .exited(let status)) where status != 0:
                if dependency.isRequired { return .give(up: dependency, because: state) }
            case (.started, .notStarted), (.completed, .notStarted), (.completed, .started), (.completed, .healthy),
                (.completed, .unhealthy), (.healthy, .notStarted), (.healthy, .started):
                decision = .wait
            default: break
            }
        }
        return decision
    }
}
