import Documents
import KubernetesAPI
import ObjectStore
import Testing

@testable import APIServer

@Suite struct ServiceTests {
    private func service(_ name: String, _ spec: String = "{ports: [{port: 80}]}") throws -> KubernetesObject {
        try object("{apiVersion: v1, kind: Service, metadata: {name: \(name), namespace: default}, spec: \(spec)}")
    }

    @Test func theAPIHasTheFirstAddress() async throws {
        let cluster = try TestCluster()
        let service = try await cluster.client.get(.services, namespace: "default", name: "kubernetes")
        #expect(service.spec["clusterIP"] == "10.96.0.1")
        #expect(service.spec["ports"]?[0]?["port"] == 443)
    }

    @Test func addressesAreUniqueInRangeAndLeaveTheLowOnes() async throws {
        let cluster = try TestCluster()
        var seen: Set<String> = []
        for number in 0..<100 {
            let created = try await cluster.client.create(.services, try service("s\(number)"))
            let address = try #require(IPv4Address(created.spec.text("clusterIP")))
            #expect(address.bits >= ServiceAllocator.firstAddress + 256)
            #expect(address.bits <= ServiceAllocator.lastAddress)
            #expect(seen.insert(address.description).inserted)
        }
        let dns = try await cluster.client.create(
            .services, try service("kube-dns", "{clusterIP: 10.96.0.10, ports: [{port: 53, protocol: UDP}]}"))
        #expect(dns.spec["clusterIPs"] == ["10.96.0.10"])
    }

    @Test func whatIsTakenIsRefusedUntilItIsFree() async throws {
        let cluster = try TestCluster()
        let client = cluster.client
        _ = try await client.create(
            .services, try service("a", "{type: NodePort, clusterIP: 10.96.0.50, ports: [{port: 80, nodePort: 30080}]}")
        )
        let address = try await status {
            _ = try await client.create(.services, try service("b", "{clusterIP: 10.96.0.50, ports: [{port: 80}]}"))
        }
        #expect(
            address.message
                == "Service \"b\" is invalid: spec.clusterIPs: Invalid value: [\"10.96.0.50\"]: failed to allocate IP "
                + "10.96.0.50: provided IP is already allocated")
        let outside = try await status {
            _ = try await client.create(.services, try service("b", "{clusterIP: 10.200.0.1, ports: [{port: 80}]}"))
        }
        #expect(
            outside.message
                == "Service \"b\" is invalid: spec.clusterIPs: Invalid value: [\"10.200.0.1\"]: failed to allocate IP "
                + "10.200.0.1: the provided IP (10.200.0.1) is not in the valid range. The range of valid IPs is "
                + "10.96.0.0/12")
        let other = "{type: NodePort, clusterIP: 10.96.0.51, ports: [{port: 80, nodePort: 30080}]}"
        let port = try await status { _ = try await client.create(.services, try service("b", other)) }
        #expect(
            port.message
                == "Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already "
                + "allocated")
        let low = try await status {
            _ = try await client.create(
                .services, try service("b", "{type: NodePort, ports: [{port: 80, nodePort: 80}]}"))
        }
        #expect(
            low.message
                == "Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid "
                + "range. The range of valid ports is 30000-32767")
        _ = try await client.delete(.services, namespace: "default", name: "a", DeleteOptions())
        // The refused ones gave back what they had: the address of the third try is free again.
        _ = try await client.create(.services, try service("b", other))
    }

    @Test func aReplacementKeepsWhatTheServerChose() async throws {
        let cluster = try TestCluster()
        let created = try await cluster.client.create(
            .services, try service("a", "{type: NodePort, ports: [{port: 80}]}"))
        let replaced = try await cluster.client.update(
            .services, try service("a", "{type: NodePort, selector: {app: web}, ports: [{port: 80}]}"))
        #expect(replaced.spec["clusterIP"] == created.spec["clusterIP"])
        #expect(replaced.spec["ports"]?[0]?["nodePort"] == created.spec["ports"]?[0]?["nodePort"])
        var moved = replaced
        moved.spec["clusterIP"] = "10.96.0.77"
        moved.spec["clusterIPs"] = ["10.96.0.77"]
        let refusal = try await status { [moved] in _ = try await cluster.client.update(.services, moved) }
        #expect(
            refusal.message
                == "Service \"a\" is invalid: spec.clusterIPs[0]: Invalid value: [\"10.96.0.77\"]: may not change once set"
        )
    }

    @Test func typesComeAndGo() async throws {
        let cluster = try TestCluster()
        let client = cluster.client
        func retype(_ type: String, _ more: JSONValue = [:]) async throws(Status) -> KubernetesObject {
            var spec = more
            spec["type"] = .string(type)
            return try await client.patch(
                .services, namespace: "default", name: "a", .merge(["spec": spec]), subresource: nil, WriteOptions())
        }
        let plain = try await client.create(.services, try service("a"))
        #expect(plain.spec["ports"]?[0]?["nodePort"] == nil)
        let open = try await retype("NodePort")
        let port = try #require(open.spec["ports"]?[0]?["nodePort"]?.int)
        let closed = try await retype("ClusterIP")
        #expect(closed.spec["ports"]?[0]?["nodePort"] == nil)
        #expect(closed.spec["clusterIP"] == plain.spec["clusterIP"])
        // The port is free again.
        _ = try await client.create(
            .services, try service("b", "{type: NodePort, ports: [{port: 80, nodePort: \(port)}]}"))
        let alias = try await retype("ExternalName", ["externalName": "example.com"])
        #expect(alias.spec["clusterIP"] == nil)
        let balanced = try await retype("LoadBalancer")
        #expect(balanced.spec["ports"]?[0]?["nodePort"] != nil && balanced.spec["clusterIP"] != nil)
    }

    @Test func headlessHasNoAddress() async throws {
        let cluster = try TestCluster()
        let created = try await cluster.client.create(
            .services, try service("a", "{clusterIP: None, ports: [{port: 80}]}"))
        #expect(created.spec["clusterIP"] == "None" && created.spec["clusterIPs"] == ["None"])
    }

    @Test func aServerOverAFilledStoreKnowsWhatIsTaken() async throws {
        let store = ObjectStore()
        let first = APIServer(store: store, seed: 1)
        try first.bootstrap()
        _ = try await first.client(user: "a").create(
            .services, try service("a", "{clusterIP: 10.96.0.50, ports: [{port: 80}]}"))
        let second = APIServer(store: store, seed: 2)
        try second.bootstrap()
        let refusal = try await status {
            _ = try await second.client(user: "a").create(
                .services, try service("b", "{clusterIP: 10.96.0.50, ports: [{port: 80}]}"))
        }
        #expect(refusal.message.hasSuffix("provided IP is already allocated"))
    }

    @Test func aServerOverAFilledStoreGivesNewNames() async throws {
        let store = ObjectStore()
        var uids: Set<String> = []
        for _ in 0..<3 {
            let server = APIServer(store: store, seed: 1)
            try server.bootstrap()
            for _ in 0..<20 {
                var web = pod("")
                web.metadata["name"] = nil
                web.metadata["generateName"] = "web-"
                uids.insert(try await server.client(user: "a").create(.pods, web).uid)
            }
        }
        #expect(uids.count == 60)
    }
}
