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

extension APIServer {
    /// The first stages of every request: may this user do it, and what is it about?
    /// - Throws: `.forbidden`; 404 for a resource that is not served; 400 for a name without its namespace.
    func begin(_ request: Request) throws(Status) -> any Strategy {
        try authorizer.authorize(request)
        let strategy = try strategies.strategy(for: request.resource)
        if request.name != nil, request.resource.isNamespaced, request.namespace?.isEmpty ?? true {
            throw Status(.badRequest, "an empty namespace may not be set when a resource name is provided")
        }
        return strategy
    }
}
