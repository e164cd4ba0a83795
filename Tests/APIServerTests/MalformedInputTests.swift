import Documents
import KubernetesAPI
import Testing

@testable import APIServer

/// Whatever comes in, the answer is an object or a refusal.
@Suite struct MalformedInputTests {
    private static let strange: [JSONValue] = [
        .null, 1, -1, "x", "", [], [:], [.null], [[:]], ["x"], true, 1.5, ["name": .null], ["x": ["y": "z"]],
    ]

    /// All documents that differ from `document` in one place, which holds something strange.
    private static func variants(of document: JSONValue) -> [JSONValue] {
        var results = strange
        switch document {
        case .object(let object):
            for (key, value) in object {
                for variant in variants(of: value) {
                    var changed = document
                    changed[key] = variant
                    results.append(changed)
                }
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                for variant in variants(of: element) {
                    var changed = elements
                    changed[index] = variant
                    results.append(.array(changed))
                }
            }
        default: break
        }
        return results
    }

    static let documents = [
        """
        {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: default, labels: {a: b}, finalizers: [example.com/a],
          ownerReferences: [{apiVersion: v1, kind: Node, name: a, uid: b, controller: true}]},
         spec: {containers: [{name: a, image: b, ports: [{containerPort: 80}], env: [{name: A, value: b}],
           resources: {limits: {cpu: 1}}, readinessProbe: {httpGet: {port: 80}}, volumeMounts: [{name: v, mountPath: /v}]}],
          volumes: [{name: v, configMap: {name: c}}], tolerations: [{key: a, operator: Exists}],
          affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:
            {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: [b]}]}]}}}}}
        """,
        """
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: default}, spec: {replicas: 1,
         selector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: Exists}]},
         strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}},
         template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}}
        """,
        """
        {apiVersion: v1, kind: Service, metadata: {name: a, namespace: default}, spec: {type: NodePort,
         clusterIP: 10.96.1.1, selector: {a: b}, ports: [{name: a, port: 80, targetPort: http, nodePort: 30001}],
         externalIPs: [1.2.3.4], sessionAffinity: ClientIP}}
        """,
        """
        {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a, namespace: default}, addressType: IPv4,
         endpoints: [{addresses: [10.244.0.1], conditions: {ready: true}}], ports: [{port: 80}]}
        """,
        """
        {apiVersion: v1, kind: Node, metadata: {name: a}, spec: {taints: [{key: a, effect: NoSchedule}]},
         status: {capacity: {cpu: 1}, addresses: [{type: InternalIP, address: 1.2.3.4}], conditions: [{type: Ready}]}}
        """,
        """
        {apiVersion: v1, kind: Event, metadata: {name: a, namespace: default}, involvedObject: {namespace: default, name: x},
         source: {component: c}, lastTimestamp: "2026-01-01T00:00:00Z", count: 1}
        """,
    ]

    @Test(arguments: documents)
    func nothingStrangeStopsTheServer(text: String) async throws {
        let base = try object(text)
        let resource = try #require(APIResource.of(apiVersion: base.apiVersion, kind: base.kind))
        let namespace: String? = resource.isNamespaced ? "default" : nil
        let cluster = try TestCluster()
        let client = cluster.client
        _ = try await client.create(resource, namespace: namespace, base, WriteOptions(dryRun: true))
        var accepted = 0
        let variants = Self.variants(of: base.document)
        for variant in variants {
            let object = KubernetesObject(variant)
            if let created = try? await client.create(resource, namespace: namespace, object, WriteOptions()) {
                accepted += 1
                _ = client.tableRow(resource, created)
                _ = try? await client.patch(
                    resource, namespace: namespace, name: created.name, .strategic(variant), subresource: nil,
                    WriteOptions())
                _ = try? await client.patch(
                    resource, namespace: namespace, name: created.name, .merge(variant), subresource: .status,
                    WriteOptions())
                let released = try await client.patch(
                    resource, namespace: namespace, name: created.name, .merge(["metadata": ["finalizers": .null]]),
                    subresource: nil, WriteOptions())
                _ = try await client.delete(
                    resource, namespace: namespace, name: released.name, DeleteOptions(gracePeriodSeconds: 0))
            }
        }
        #expect(accepted > 0 && accepted < variants.count)
        let left = try await client.list(resource, namespace: namespace).items.filter { $0.name != "kubernetes" }
        #expect(left.isEmpty)
        // Everything that was allocated on the way has been given back.
        if resource == .services { _ = try await client.create(resource, base) }
    }
}
