import KubernetesAPI

extension APIServer {
    /// The first stages of every request: may this user do it, and what is it about?
    /// - Throws: `.forbidden`; 404 for a resource that is not served; 400 for a name without its namespace.
    func begin(_ request: Request) throws(Status) -> any Strategy {
        if isStopped { throw Status(.serviceUnavailable, "the API server has been stopped") }
        try authorizer.authorize(request)
        let strategy = try strategies.strategy(for: request.resource)
        if request.name != nil, request.resource.isNamespaced, request.namespace?.isEmpty ?? true {
            throw Status(.badRequest, "an empty namespace may not be set when a resource name is provided")
        }
        return strategy
    }

    /// The subresource of a request.
    /// - Throws: 404 where the resource does not have it.
    func resolve(_ request: Request, _ strategy: any Strategy) throws(Status) -> Subresource? {
        guard let text = request.subresource else { return nil }
        let subresource = Subresource(rawValue: text)
        let isServed =
            switch subresource {
            case .status: strategy.hasStatus
            case .scale: request.resource == .deployments || request.resource == .replicaSets
            case .binding, .eviction: request.resource == .pods
            case .finalize: request.resource == .namespaces
            case nil: false
            }
        guard isServed else { throw Status(.notFound, "the server could not find the requested resource") }
        return subresource
    }
}
