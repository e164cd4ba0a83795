import Documents
import KubernetesAPI
import Testing

@testable import Controllers

extension ClusterTests {
    @Suite(.timeLimit(.minutes(1))) struct EndpointSliceTests {
        private func makeService(
            ports: JSONValue = [["name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"]]
        )
            -> KubernetesObject
        {
            var service = KubernetesObject(.services, namespace: "default", name: "web")
            service.metadata["uid"] = "service"
            service.labels = ["tier": "front"]
            service.spec = ["selector": ["app": "web"], "ports": ports]
            return service
        }

        private func makeBackend(_ name: String, _ address: String, isReady: Bool = true, port: Int = 8080)
            -> KubernetesObject
        {
            var pod = makePod(name, isReady: isReady)
            pod.status["podIP"] = .string(address)
            pod.spec["containers"] = [
                ["name": "main", "ports": [["name": "web", "containerPort": .integer(port), "protocol": "TCP"]]]
            ]
            return pod
        }

        private func decide(_ service: KubernetesObject, _ pods: [KubernetesObject], _ slices: [KubernetesObject] = [])
            -> [EndpointSliceAction]
        {
            EndpointSliceDecision.decide(EndpointSliceObservation(service: service, pods: pods, slices: slices))
        }

        private func created(_ actions: [EndpointSliceAction]) -> [KubernetesObject] {
            actions.compactMap { if case .create(let slice) = $0 { slice } else { nil } }
        }

        @Test func oneSliceSaysWhoIsReady() throws {
            let slices = created(
                decide(
                    makeService(),
                    [
                        makeBackend("a", "10.244.1.2"), makeBackend("b", "10.244.2.2", isReady: false),
                        makeBackend("c", "10.244.3.2").deleted(), makePod("no-address"),
                    ]))
            #expect(slices.count == 1)
            let slice = try #require(slices.first)
            #expect(slice.labels["kubernetes.io/service-name"] == "web")
            #expect(slice.labels["endpointslice.kubernetes.io/managed-by"] == "endpointslice-controller.k8s.io")
            #expect(slice.labels["tier"] == "front")
            #expect(slice.controller?.uid == "service")
            #expect(slice.document["addressType"] == "IPv4")
            #expect(slice.document["ports"] == [["name": "http", "protocol": "TCP", "port": 8080]])
            let endpoints = slice.document["endpoints"]?.array ?? []
            #expect(
                endpoints.map { $0["conditions"] } == [
                    ["ready": true, "serving": true, "terminating": false],
                    ["ready": false, "serving": false, "terminating": false],
                    ["ready": false, "serving": true, "terminating": true],
                ])
            #expect(endpoints[0]["addresses"] == ["10.244.1.2"])
            #expect(endpoints[0]["nodeName"] == "node-1")
            #expect(endpoints[0]["targetRef"] == ["kind": "Pod", "namespace": "default", "name": "a", "uid": "uid-a"])
        }

        @Test func publishingNotReadyAddressesCallsEveryoneReady() {
            var service = makeService()
            service.spec["publishNotReadyAddresses"] = true
            let slice = created(decide(service, [makeBackend("a", "10.244.1.2", isReady: false)])).first
            #expect(
                slice?.document["endpoints"]?[0]?["conditions"]
                    == ["ready": true, "serving": true, "terminating": false])
        }

        @Test func podsWithDifferentNumbersForANamedPortGetDifferentSlices() {
            let service = makeService(ports: [["name": "http", "port": 80, "targetPort": "web", "protocol": "TCP"]])
            let slices = created(
                decide(
                    service,
                    [makeBackend("a", "10.244.1.2", port: 8080), makeBackend("b", "10.244.1.3", port: 9090)]))
            #expect(slices.map { $0.document["ports"]?[0]?["port"]?.int } == [8080, 9090])
        }

        @Test func changesAreWrittenIntoTheSliceThatIsThere() throws {
            let service = makeService()
            var slice = try #require(created(decide(service, [makeBackend("a", "10.244.1.2")])).first)
            slice.name = "web-x"
            slice.metadata["uid"] = "slice"
            #expect(decide(service, [makeBackend("a", "10.244.1.2")], [slice]) == [])
            let actions = decide(
                service, [makeBackend("b", "10.244.1.3"), makeBackend("a", "10.244.1.2", isReady: false)], [slice])
            guard case .update(let changed) = try #require(actions.first) else {
                Issue.record("not an update: \(actions)")
                return
            }
            #expect(actions.count == 1)
            #expect(changed.name == "web-x")
            #expect(changed.document["endpoints"]?.array?.count == 2)
            // The last Pod gone, the slice stays, empty.
            guard case .update(let empty) = try #require(decide(service, [], [slice]).first) else {
                Issue.record("the slice went")
                return
            }
            #expect(empty.document["endpoints"] == [])
        }

        @Test func aSliceHoldsAHundredAndSurplusSlicesGo() {
            let service = makeService()
            let pods = (0..<250).map { makeBackend("pod-\(1000 + $0)", "10.244.1.\($0)") }
            let slices = created(decide(service, pods)).enumerated().map { index, slice in
                var slice = slice
                slice.name = "web-\(index)"
                slice.metadata["uid"] = .string("slice-\(index)")
                return slice
            }
            #expect(slices.map { $0.document["endpoints"]?.array?.count } == [100, 100, 50])
            let actions = decide(service, Array(pods.prefix(100)), slices)
            let deleted = actions.filter { if case .delete = $0 { true } else { false } }
            #expect(deleted.count == 2)
            #expect(actions.count == 2, "the first slice is as it was")
        }

        @Test func followsThePodsOfAService() async throws {
            let cluster = try await TestCluster.start()
            var service = makeService()
            service.metadata["uid"] = nil
            _ = try await cluster.client.create(.services, service)
            _ = try await cluster.client.create(.deployments, makeDeployment())
            await cluster.settle()
            func endpoints() async throws -> [JSONValue] {
                let slices = try await cluster.client.list(.endpointSlices, namespace: "default").items
                #expect(slices.count == 1)
                return slices.first?.document["endpoints"]?.array ?? []
            }
            func ready() async throws -> Int {
                try await endpoints().count { $0.at("conditions", "ready") == true }
            }
            #expect(try await ready() == 3)
            try await cluster.patch(.deployments, "web", ["spec": ["replicas": 5]])
            await cluster.settle()
            #expect(try await ready() == 5)
            try await cluster.nodes.setUnready(images: ["app:1"])
            await cluster.settle()
            #expect(try await ready() == 0)
            #expect(try await endpoints().count == 5)
            try await cluster.delete(.services, "web")
            await cluster.settle()
            let left = try await cluster.client.list(.endpointSlices, namespace: "default").items
            #expect(left.isEmpty, "slices go with their Service")
            #expect(cluster.failureMessages == [])
        }
    }
}
