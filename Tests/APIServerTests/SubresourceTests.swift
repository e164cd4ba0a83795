import Documents
import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct SubresourceTests {
    private func binding(_ pod: String, to node: String) throws -> KubernetesObject {
        try object(
            "{kind: Binding, apiVersion: v1, metadata: {name: \(pod), namespace: default}, target: {kind: Node, name: \(node)}}"
        )
    }

    @Test func bindingPlacesAPodOnce() async throws {
        let cluster = try TestCluster()
        _ = try await cluster.client.create(.pods, pod("web"))
        let bound = try await cluster.client.update(.pods, try binding("web", to: "node-1"), subresource: .binding)
        #expect(bound.spec["nodeName"] == "node-1")
        #expect(bound.condition("PodScheduled")?.status == .yes)
        #expect(bound.conditionDocument("PodScheduled")?["lastTransitionTime"]?.string == TestCluster.start.text)
        let again = try await status {
            _ = try await cluster.client.update(.pods, try binding("web", to: "node-2"), subresource: .binding)
        }
        #expect(again.reason == .conflict)
        #expect(
            again.message
                == "Operation cannot be fulfilled on pods/binding \"web\": pod web is already assigned to node \"node-1\""
        )
        let missing = try await status {
            _ = try await cluster.client.update(.pods, try binding("none", to: "node-2"), subresource: .binding)
        }
        #expect(missing.message == "pods \"none\" not found")
    }

    @Test func scaleIsTheNumberAlone() async throws {
        let cluster = try TestCluster()
        _ = try await cluster.client.create(
            .deployments,
            try object(
                """
                {metadata: {name: web, namespace: default}, spec: {selector: {matchLabels: {app: web}},
                 template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: a}]}}}}
                """))
        let scale = try await cluster.client.patch(
            .deployments, namespace: "default", name: "web", .merge(["spec": ["replicas": 3]]), subresource: .scale,
            WriteOptions())
        #expect(scale.kind == "Scale" && scale.apiVersion == "autoscaling/v1")
        #expect(scale.spec == ["replicas": 3] && scale.status == ["replicas": 0, "selector": "app=web"])
        let web = try await cluster.client.get(.deployments, namespace: "default", name: "web")
        #expect(web.spec["replicas"] == 3 && web.generation == 2)
        #expect(scale.resourceVersion == web.resourceVersion)
        var next = scale
        next.spec["replicas"] = 0
        _ = try await cluster.client.update(.deployments, next, subresource: .scale)
        let stale = try await status { [next] in
            _ = try await cluster.client.update(.deployments, next, subresource: .scale)
        }
        #expect(stale.reason == .conflict)
        let negative = try await status {
            _ = try await cluster.client.patch(
                .deployments, namespace: "default", name: "web", .merge(["spec": ["replicas": -1]]),
                subresource: .scale, WriteOptions())
        }
        #expect(
            negative.message
                == "Scale.autoscaling \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0"
        )
    }

    @Test func evictionDeletes() async throws {
        let cluster = try TestCluster()
        _ = try await cluster.client.create(.pods, pod("web", node: "node-1"))
        let marked = try await cluster.client.update(
            .pods,
            try object("{metadata: {name: web, namespace: default}, deleteOptions: {gracePeriodSeconds: 7}}"),
            subresource: .eviction)
        #expect(marked.metadata["deletionGracePeriodSeconds"] == 7)
    }

    @Test func notEverythingHasEverySubresource() async throws {
        let cluster = try TestCluster()
        for (resource, subresource) in [
            (APIResource.configMaps, Subresource.status), (.pods, .scale), (.services, .binding), (.pods, .finalize),
        ] {
            let refusal = try await status {
                _ = try await cluster.client.patch(
                    resource, namespace: "default", name: "a", .merge([:]), subresource: subresource, WriteOptions())
            }
            #expect(refusal.message == "the server could not find the requested resource")
        }
    }

    @Test func streamsAreCheckedBeforeAnyNodeIsAsked() async throws {
        let cluster = try TestCluster()
        let client = cluster.client
        var two = pod("two", node: "node-1")
        two.spec["containers"] = [["name": "a", "image": "a"], ["name": "b", "image": "b"]]
        two.spec["initContainers"] = [["name": "i", "image": "i"]]
        _ = try await client.create(.pods, two)
        _ = try await client.create(.pods, pod("open"))
        let unnamed = try await status {
            _ = try await client.podLogs(namespace: "default", name: "two", PodLogOptions())
        }
        #expect(
            unnamed.message
                == "a container name must be specified for pod two, choose one of: [a b] or one of the init containers: [i]"
        )
        let unknown = try await status {
            _ = try await client.podLogs(namespace: "default", name: "two", PodLogOptions(container: "x"))
        }
        #expect(unknown.message == "container x is not valid for pod two")
        let homeless = try await status {
            _ = try await client.podExec(namespace: "default", name: "open", PodExecOptions(command: ["true"]))
        }
        #expect(homeless.message == "pod open does not have a host assigned")
        var bytes = 0
        for await piece in try await client.podLogs(namespace: "default", name: "open", PodLogOptions()) {
            bytes += piece.count
        }
        #expect(bytes == 0)
        let missing = try await status {
            _ = try await client.podLogs(namespace: "default", name: "none", PodLogOptions())
        }
        #expect(missing.message == "pods \"none\" not found")
    }

    @Test func ofManySchedulersOneBinds() async throws {
        let cluster = try TestCluster()
        _ = try await cluster.client.create(.pods, pod("web"))
        let winners = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let binding = try? binding("web", to: "node-\(number)")
                    guard let binding else { return false }
                    return (try? await cluster.client.update(.pods, binding, subresource: .binding)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }

    @Test func theNodesKubeletIsAsked() async throws {
        let cluster = try TestCluster()
        _ = try await cluster.client.create(.pods, pod("web", node: "node-2"))
        let unreachable = try await status {
            _ = try await cluster.client.podLogs(namespace: "default", name: "web", PodLogOptions())
        }
        #expect(unreachable.reason == .serviceUnavailable)
        cluster.server.connect(EchoingConnector())
        var said: [UInt8] = []
        for await piece in try await cluster.client.podLogs(
            namespace: "default", name: "web", PodLogOptions(tail: 5))
        {
            said += piece
        }
        #expect(String(decoding: said, as: UTF8.self) == "node-2 web main 5")
        let refusal = try await status {
            _ = try await cluster.client.podExec(
                namespace: "default", name: "web", PodExecOptions(command: ["ls", "-l"]))
        }
        #expect(refusal.message == "node-2 main ls -l")
        let attachment = try await status {
            _ = try await cluster.client.podAttach(namespace: "default", name: "web", PodExecOptions())
        }
        #expect(attachment.message == "node-2 main attach")
    }
}

/// Says what it was asked.
private struct EchoingConnector: NodeConnector {
    func podLogs(node: String, pod: KubernetesObject, _ options: PodLogOptions) async throws(Status)
        -> AsyncStream<[UInt8]>
    {
        let text = "\(node) \(pod.name) \(options.container ?? "") \(options.tail ?? 0)"
        return AsyncStream { continuation in
            continuation.yield(Array(text.utf8))
            continuation.finish()
        }
    }

    func podExec(node: String, pod: KubernetesObject, _ options: PodExecOptions) async throws(Status)
        -> any PodSession
    {
        throw Status(
            .badRequest, "\(node) \(options.container ?? "") \(options.command.joined(separator: " "))")
    }

    func podAttach(node: String, pod: KubernetesObject, _ options: PodExecOptions) async throws(Status)
        -> any PodSession
    {
        throw Status(.badRequest, "\(node) \(options.container ?? "") attach")
    }
}
