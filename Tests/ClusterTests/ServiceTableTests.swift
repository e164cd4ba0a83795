import ContainerRuntime
import Documents
import KubernetesAPI
import Testing

@testable import Cluster

@Suite struct ServiceTableTests {
    private func service(_ spec: JSONValue) -> KubernetesObject {
        var service = KubernetesObject(.services, namespace: "default", name: "web")
        service.spec = spec
        return service
    }

    private func slice(_ endpoints: JSONValue, port: Int = 80, name: String = "") -> KubernetesObject {
        var slice = KubernetesObject(.endpointSlices, namespace: "default", name: "web-1")
        slice.labels = ["kubernetes.io/service-name": "web"]
        slice.document["endpoints"] = endpoints
        slice.document["ports"] = [["name": .string(name), "port": .integer(port), "protocol": "TCP"]]
        return slice
    }

    private func make(_ spec: JSONValue, _ slices: KubernetesObject...) -> [VirtualService] {
        ServiceTable(reserved: ["10.96.0.10"]).make(services: [service(spec)], slices: slices)
    }

    @Test func readyEndpointsAreBehindTheAddress() {
        let endpoints: JSONValue = [
            ["addresses": ["10.244.2.2"], "conditions": ["ready": true]],
            ["addresses": ["10.244.1.2"], "conditions": [:]],
            ["addresses": ["10.244.3.2"], "conditions": ["ready": false]],
        ]
        let made = make(
            [
                "clusterIP": "10.96.1.1", "sessionAffinity": "ClientIP",
                "ports": [["name": "http", "port": 8080, "nodePort": 30080, "protocol": "TCP"]],
            ], slice(endpoints, port: 80, name: "http"))
        #expect(
            made == [
                VirtualService(
                    name: "default/web:http", address: "10.96.1.1", port: 8080, nodePort: 30080,
                    endpoints: [.init(address: "10.244.1.2", port: 80), .init(address: "10.244.2.2", port: 80)],
                    clientAffinity: 10_800)
            ])
    }

    @Test func endingEndpointsServeWhereNoneIsReady() {
        let endpoints: JSONValue = [
            ["addresses": ["10.244.1.2"], "conditions": ["ready": false, "serving": true, "terminating": true]],
            ["addresses": ["10.244.1.3"], "conditions": ["ready": false, "serving": false, "terminating": true]],
        ]
        let made = make(["clusterIP": "10.96.1.1", "ports": [["port": 80]]], slice(endpoints))
        #expect(made.map(\.endpoints) == [[.init(address: "10.244.1.2", port: 80)]])
    }

    @Test(
        "What has no address of its own is left out",
        arguments: [
            ["clusterIP": "None", "ports": [["port": 80]]], ["type": "ExternalName", "externalName": "x"],
            ["clusterIP": "10.96.0.10", "ports": [["port": 53]]], ["clusterIP": "10.96.1.1"],
            ["clusterIP": "10.96.1.1", "ports": [["port": 80, "protocol": "SCTP"]]],
        ] as [JSONValue])
    func leftOut(spec: JSONValue) {
        #expect(make(spec).isEmpty)
    }
}
