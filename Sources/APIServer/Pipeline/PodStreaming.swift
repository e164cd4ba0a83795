import KubernetesAPI

// `pods/log`, `pods/exec` and `pods/attach`: checked here, done by the kubelet of the Pod's node.
extension APIServer {
    func podLogs(_ request: Request, _ options: PodLogOptions) async throws(Status) -> AsyncStream<[UInt8]> {
        let pod = try get(request)
        var options = options
        options.container = try container(options.container, of: pod)
        let node = pod.spec.text("nodeName")
        // Nothing has been said yet.
        if node.isEmpty { return AsyncStream { $0.finish() } }
        return try await connector().podLogs(node: node, pod: pod, options)
    }

    func podExec(_ request: Request, _ options: PodExecOptions) async throws(Status) -> any PodSession {
        if options.command.isEmpty {
            throw Status(.badRequest, "you must specify at least one command for the container")
        }
        let (pod, node, options) = try streamed(request, options)
        return try await connector().podExec(node: node, pod: pod, options)
    }

    func podAttach(_ request: Request, _ options: PodExecOptions) async throws(Status) -> any PodSession {
        let (pod, node, options) = try streamed(request, options)
        return try await connector().podAttach(node: node, pod: pod, options)
    }

    private func streamed(_ request: Request, _ options: PodExecOptions) throws(Status)
        -> (pod: KubernetesObject, node: String, options: PodExecOptions)
    {
        let pod = try get(request)
        var options = options
        options.container = try container(options.container, of: pod)
        let node = pod.spec.text("nodeName")
        if node.isEmpty { throw Status(.badRequest, "pod \(pod.name) does not have a host assigned") }
        return (pod, node, options)
    }

    private func connector() throws(Status) -> any NodeConnector {
        guard let connector = nodeConnector else {
            throw Status(.serviceUnavailable, "the server cannot reach any node: no kubelet is connected")
        }
        return connector
    }

    /// The container that is meant: the named one, or the only one.
    private func container(_ name: String?, of pod: KubernetesObject) throws(Status) -> String {
        func names(_ list: String) -> [String] { pod.spec.elements(list).map { $0.text("name") } }
        let containers = names("containers")
        let initial = names("initContainers")
        if let name, !name.isEmpty {
            guard (containers + initial + names("ephemeralContainers")).contains(name) else {
                throw Status(.badRequest, "container \(name) is not valid for pod \(pod.name)")
            }
            return name
        }
        if containers.count == 1, let only = containers.first { return only }
        var message =
            "a container name must be specified for pod \(pod.name), choose one of: "
            + "[\(containers.joined(separator: " "))]"
        if !initial.isEmpty {
            message += " or one of the init containers: [\(initial.joined(separator: " "))]"
        }
        throw Status(.badRequest, message)
    }
}
