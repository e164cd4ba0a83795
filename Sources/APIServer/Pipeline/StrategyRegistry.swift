import KubernetesAPI

/// Finds the strategy of a resource.
struct StrategyRegistry: Sendable {
    private let strategies: [String: any Strategy]

    init(services: ServiceAllocator) {
        let all: [any Strategy] = [
            NamespaceStrategy(), NodeStrategy(), PodStrategy(), ReplicaSetStrategy(), DeploymentStrategy(),
            ServiceStrategy(allocator: services), EndpointSliceStrategy(), ConfigMapStrategy(), EventStrategy(),
            LeaseStrategy(),
        ]
        strategies = Dictionary(uniqueKeysWithValues: all.map { ($0.resource.plural, $0) })
    }

    /// - Throws: 404 for a resource that is not served.
    func strategy(for resource: APIResource) throws(Status) -> any Strategy {
        guard let strategy = strategies[resource.plural], strategy.resource.apiVersion == resource.apiVersion else {
            throw Status(.notFound, "the server could not find the requested resource")
        }
        return strategy
    }
}
