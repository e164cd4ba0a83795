import Documents
import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct LifecycleTests {
    @Test func everyKindIsCreatedReadListedChangedAndDeleted() async throws {
        let cluster = try TestCluster()
        let client = cluster.client
        let template: JSONValue = [
            "metadata": ["labels": ["app": "web"]],
            "spec": ["containers": [["name": "main", "image": "busybox"]]],
        ]
        let specs: [(APIResource, JSONValue)] = [
            (.namespaces, [:]), (.nodes, [:]), (.pods, ["containers": [["name": "main", "image": "busybox"]]]),
            (.replicaSets, ["selector": ["matchLabels": ["app": "web"]], "template": template]),
            (.deployments, ["selector": ["matchLabels": ["app": "web"]], "template": template]),
            (.services, ["ports": [["port": 80]]]), (.leases, ["holderIdentity": "me"]), (.configMaps, .null),
            (.events, .null), (.endpointSlices, .null),
        ]
        for (resource, spec) in specs {
            let namespace = resource.isNamespaced ? "default" : nil
            var object = KubernetesObject(resource, namespace: namespace, name: "it")
            if !spec.isNull { object.spec = spec }
            if resource == .events { object.document["involvedObject"] = ["namespace": "default", "name": "x"] }
            if resource == .endpointSlices { object.document["addressType"] = "IPv4" }
            let created = try await client.create(resource, object)
            #expect(!created.uid.isEmpty && !created.resourceVersion.isEmpty, "\(resource.kind)")
            #expect(created.creationTimestamp == TestCluster.start.text)
            let read = try await client.get(resource, namespace: namespace, name: "it")
            #expect(read == created)
            #expect(try await client.list(resource, namespace: namespace).items.contains(created))
            var changed = created
            changed.labels["tier"] = "front"
            let updated = try await client.update(resource, changed)
            #expect(Int(updated.resourceVersion) ?? 0 > Int(created.resourceVersion) ?? 0)
            #expect(updated.labels["tier"] == "front")
            #expect(updated.generation == created.generation)
            _ = try await client.delete(resource, namespace: namespace, name: "it", DeleteOptions())
            if resource == .namespaces { continue }
            let missing = try await status {
                _ = try await client.get(resource, namespace: namespace, name: "it")
            }
            #expect(missing.reason == .notFound)
            #expect(missing.message == "\(resource.qualifiedPlural) \"it\" not found")
        }
    }
}
