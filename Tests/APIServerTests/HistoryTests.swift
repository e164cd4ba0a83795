import Documents
import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct HistoryTests {
    @Test func everyWriteKeepsItsCause() async throws {
        let cluster = try TestCluster()
        let typed = cluster.client.caused(by: "cell 3")
        var web = try await typed.create(.pods, pod("web"))
        _ = try await typed.create(.pods, pod("web-2"))
        web.labels["a"] = "b"
        _ = try await cluster.client.caused(by: "replicaset-controller").update(.pods, web)
        _ = try await typed.delete(.pods, namespace: "default", name: "web", DeleteOptions())
        let history = try cluster.server.history(.pods, namespace: "default", name: "web")
        #expect(history.map(\.cause) == ["cell 3", "replicaset-controller", "cell 3"])
        #expect(history.map { $0.object?.labels } == [[:], ["a": "b"], nil])
        #expect(history.last?.previous?.labels == ["a": "b"])
        #expect(history.map(\.revision) == history.map(\.revision).sorted())
        let then = try cluster.server.object(.pods, namespace: "default", name: "web", at: history[0].revision)
        #expect(then?.resourceVersion == String(history[0].revision))
        #expect(
            try cluster.server.history(.pods, namespace: "default", name: "web", after: history[1].revision).count == 1)
    }

    @Test func theSeedDecidesNames() async throws {
        func names(seed: UInt64) async throws -> [String] {
            let cluster = try TestCluster(seed: seed)
            var result: [String] = []
            for _ in 0..<3 {
                var web = pod("")
                web.metadata["generateName"] = "web-"
                web.metadata["name"] = nil
                let created = try await cluster.client.create(.pods, web)
                result += [created.name, created.uid]
            }
            return result
        }
        let first = try await names(seed: 1)
        #expect(try await names(seed: 1) == first)
        #expect(try await names(seed: 2) != first)
        let alphabet = Set("bcdfghjklmnpqrstvwxz2456789")
        #expect(
            first[0].hasPrefix("web-") && first[0].count == 9 && first[0].dropFirst(4).allSatisfy(alphabet.contains))
        let parts = first[1].split(separator: "-").map(\.count)
        #expect(parts == [8, 4, 4, 4, 12] && Set(first).count == 6)
    }

    @Test func namesDoNotDependOnWhoElseIsServed() async throws {
        func names(_ order: [String]) async throws -> Set<String> {
            let cluster = try TestCluster(seed: 5)
            var names: Set<String> = []
            for prefix in order {
                var web = pod("")
                web.metadata["name"] = nil
                web.metadata["generateName"] = .string(prefix)
                let created = try await cluster.client.create(.pods, web)
                names.insert("\(created.name) \(created.uid)")
            }
            return names
        }
        let first = try await names(["a-", "a-", "b-", "b-"])
        #expect(try await names(["b-", "a-", "b-", "a-"]) == first)
        #expect(first.count == 4)
    }

    @Test func aServicesAddressFollowsFromItsName() async throws {
        func addresses(_ order: [String]) async throws -> [String: String] {
            let cluster = try TestCluster(seed: 5)
            var addresses: [String: String] = [:]
            for name in order {
                let service = try await cluster.client.create(
                    .services,
                    try object(
                        "{metadata: {name: \(name), namespace: default}, spec: {type: NodePort, ports: [{port: 1}]}}"))
                addresses[name] = "\(service.spec.text("clusterIP")):\(ServiceStrategy.nodePorts(of: service.spec))"
            }
            return addresses
        }
        #expect(try await addresses(["a", "b", "c"]) == (try await addresses(["c", "a", "b"])))
    }

    @Test func everyClusterBeginsAlike() async throws {
        let cluster = try TestCluster()
        let namespaces = try await cluster.client.list(.namespaces).items.map(\.name)
        #expect(namespaces == ["default", "kube-node-lease", "kube-public", "kube-system"])
        // Beginning again changes nothing.
        let revision = cluster.server.currentRevision
        try cluster.server.bootstrap()
        #expect(cluster.server.currentRevision == revision)
    }

    @Test func thousandsOfObjectsAreNoTrouble() async throws {
        let cluster = try TestCluster()
        for number in 0..<2000 { _ = try await cluster.client.create(.pods, pod("p\(number)")) }
        #expect(try await cluster.client.list(.pods).items.count == 2000)
        #expect(try await cluster.client.table(.pods, namespace: "default", ListOptions()).rows.count == 2000)
    }
}
