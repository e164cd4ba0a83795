import KubernetesAPI

/// The client of those who live in the same process: a request is a function call.
struct InProcessClient: KubernetesClient {
    let server: APIServer
    let user: String
    let cause: String

    private func request(
        _ verb: Request.Verb, _ resource: APIResource, _ namespace: String?, _ name: String? = nil,
        _ subresource: String? = nil
    ) -> Request {
        Request(
            user: user, cause: cause, verb: verb, resource: resource, subresource: subresource,
            namespace: resource.isNamespaced ? namespace : nil, name: name)
    }

    func get(_ resource: APIResource, namespace: String?, name: String) async throws(Status) -> KubernetesObject {
        try server.get(request(.get, resource, namespace, name))
    }

    func list(_ resource: APIResource, namespace: String?, _ options: ListOptions) async throws(Status) -> ObjectList {
        try server.list(request(.list, resource, namespace), options)
    }

    func table(_ resource: APIResource, namespace: String?, _ options: ListOptions) async throws(Status) -> ObjectTable
    {
        try server.table(request(.list, resource, namespace), options)
    }

    func tableRow(_ resource: APIResource, _ object: KubernetesObject) -> ObjectTable.Row {
        server.tableRow(resource, object)
    }

    func watch(_ resource: APIResource, namespace: String?, _ options: ListOptions) async throws(Status) -> WatchStream
    {
        try server.watch(request(.watch, resource, namespace), options)
    }

    func create(_ resource: APIResource, namespace: String?, _ object: KubernetesObject, _ options: WriteOptions)
        async throws(Status) -> KubernetesObject
    {
        try server.create(request(.create, resource, namespace), object, options)
    }

    func update(
        _ resource: APIResource, namespace: String?, _ object: KubernetesObject, subresource: Subresource?,
        _ options: WriteOptions
    ) async throws(Status) -> KubernetesObject {
        try server.update(request(.update, resource, namespace, object.name, subresource?.rawValue), object, options)
    }

    func patch(
        _ resource: APIResource, namespace: String?, name: String, _ patch: Patch, subresource: Subresource?,
        _ options: WriteOptions
    ) async throws(Status) -> KubernetesObject {
        try server.patch(request(.patch, resource, namespace, name, subresource?.rawValue), patch, options)
    }

    func delete(_ resource: APIResource, namespace: String?, name: String, _ options: DeleteOptions)
        async throws(Status) -> KubernetesObject
    {
        try server.delete(request(.delete, resource, namespace, name), options)
    }

    func podLogs(namespace: String, name: String, _ options: PodLogOptions) async throws(Status)
        -> AsyncStream<[UInt8]>
    {
        try await server.podLogs(request(.get, .pods, namespace, name, "log"), options)
    }

    func podExec(namespace: String, name: String, _ options: PodExecOptions) async throws(Status) -> any PodSession {
        try await server.podExec(request(.create, .pods, namespace, name, "exec"), options)
    }

    func podAttach(namespace: String, name: String, _ options: PodExecOptions) async throws(Status)
        -> any PodSession
    {
        try await server.podAttach(request(.create, .pods, namespace, name, "attach"), options)
    }

    func caused(by cause: String) -> any KubernetesClient {
        InProcessClient(server: server, user: user, cause: cause)
    }
}
