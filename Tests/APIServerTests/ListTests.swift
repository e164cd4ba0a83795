import Documents
import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct ListTests {
    private func cluster() async throws -> TestCluster {
        let cluster = try TestCluster()
        for number in 0..<10 {
            let labels = ["parity": number % 2 == 0 ? "even" : "odd"]
            _ = try await cluster.client.create(.pods, pod("p\(number)", labels: labels, node: "node-\(number % 3)"))
        }
        var other = pod("p0")
        other.namespace = "kube-system"
        _ = try await cluster.client.create(.pods, other)
        return cluster
    }

    @Test func namespacesAreApart() async throws {
        let cluster = try await cluster()
        #expect(try await cluster.client.list(.pods, namespace: "default").items.count == 10)
        #expect(try await cluster.client.list(.pods, namespace: "kube-system").items.count == 1)
        #expect(try await cluster.client.list(.pods).items.count == 11)
        #expect(try await cluster.client.list(.pods, namespace: "missing").items.isEmpty)
    }

    @Test func pagesAreOfOneRevision() async throws {
        let cluster = try await cluster()
        var options = ListOptions(labelSelector: LabelSelector(matchLabels: ["parity": "even"]), limit: 2)
        let first = try await cluster.client.list(.pods, namespace: "default", options)
        #expect(first.items.map(\.name) == ["p0", "p2"])
        _ = try await cluster.client.delete(
            .pods, namespace: "default", name: "p4", DeleteOptions(gracePeriodSeconds: 0))
        options.continueToken = first.continueToken
        let second = try await cluster.client.list(.pods, namespace: "default", options)
        #expect(second.items.map(\.name) == ["p4", "p6"])
        #expect(second.resourceVersion == first.resourceVersion)
        options.continueToken = second.continueToken
        let third = try await cluster.client.list(.pods, namespace: "default", options)
        #expect(third.items.map(\.name) == ["p8"])
    }

    @Test func fieldsSelect() async throws {
        let cluster = try await cluster()
        let onNode = try await cluster.client.list(
            .pods, namespace: nil, ListOptions(fieldSelector: .equals("spec.nodeName", "node-1")))
        #expect(onNode.items.map(\.name) == ["p1", "p4", "p7"])
        let named = try await cluster.client.list(
            .pods, namespace: nil, ListOptions(fieldSelector: .equals("metadata.name", "p0")))
        #expect(named.items.count == 2)
        _ = try await cluster.client.create(.nodes, KubernetesObject(.nodes, name: "n"))
        let open = try await cluster.client.list(
            .nodes, namespace: nil, ListOptions(fieldSelector: .equals("spec.unschedulable", "false")))
        #expect(open.items.count == 1)
        let refusal = try await status {
            _ = try await cluster.client.list(
                .pods, namespace: nil, ListOptions(fieldSelector: .equals("spec.image", "a")))
        }
        #expect(refusal.message == "field label not supported: spec.image")
        #expect(refusal.reason == .badRequest)
    }
}
