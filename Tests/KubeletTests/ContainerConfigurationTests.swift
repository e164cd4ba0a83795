import ContainerRuntime
import Documents
import KubernetesAPI
import Testing

@testable import Kubelet

@Suite struct ContainerConfigurationTests {
    private let node = NodeIdentity(
        name: "node-1", podSubnet: "10.244.1.0/24", internalIP: "10.89.0.11", clusterDNS: "10.96.0.10")
    private let machine = MachineFacts(
        processors: 2, memory: 4096, architecture: "amd64", kernelRelease: "6", operatingSystem: "Linux",
        machineID: "", bootID: "")
    private let image = ImageSummary(
        id: "sha256:1", references: ["busybox:latest"], size: 1, createdAt: 0, entrypoint: [], command: ["sh"],
        environment: [], workingDirectory: "/", user: "", origin: "test")

    private func environment(
        _ container: JSONValue, maps: [String: JSONValue] = [:], services: [(String, String)] = []
    ) throws(ContainerStartFailure) -> [String] {
        var object = makePod(["containers": [container]]).object
        object.labels = ["app": "web"]
        let pod = PodSpecification(object)
        let resources = ContainerResources(pod: pod, machine: machine)
        let environment = ContainerEnvironment(
            container: container, namespace: "default",
            fields: PodFields(pod: object, nodeName: "node-1", hostIP: "10.89.0.11", podIP: "10.244.1.2"),
            services: services,
            resources: { resources.field(container: $0 ?? "main", $1, divisor: $2) },
            configMap: { name in
                maps[name].map { data in
                    var map = KubernetesObject(.configMaps, namespace: "default", name: name)
                    map.document["data"] = data
                    return map
                }
            })
        return try environment.make().map { "\($0.0)=\($0.1)" }
    }

    @Test(
        "References are expanded as Kubernetes expands them",
        arguments: [
            ("$(A)", "1"), ("x$(A)y$(B)", "x1y2"), ("$(NOPE)", "$(NOPE)"), ("$$(A)", "$(A)"), ("$$$(A)", "$1"),
            ("$A", "$A"), ("$(A", "$(A"), ("$", "$"), ("", ""), ("한$(A)글", "한1글"), ("$()", "$()"),
        ])
    func expansion(text: String, expected: String) {
        #expect(expandingVariables(text) { ["A": "1", "B": "2"][$0] } == expected)
    }

    @Test func variablesComeFromEverywhere() throws {
        let made = try environment(
            [
                "name": "main", "resources": ["limits": ["cpu": "500m", "memory": "1Mi"]],
                "envFrom": [
                    ["prefix": "C_", "configMapRef": ["name": "c"]], ["configMapRef": ["name": "x", "optional": true]],
                ],
                "env": [
                    ["name": "NODE", "valueFrom": ["fieldRef": ["fieldPath": "spec.nodeName"]]],
                    ["name": "APP", "valueFrom": ["fieldRef": ["fieldPath": "metadata.labels['app']"]]],
                    ["name": "CPU", "valueFrom": ["resourceFieldRef": ["resource": "limits.cpu", "divisor": "1m"]]],
                    ["name": "MEMORY", "valueFrom": ["resourceFieldRef": ["resource": "limits.memory"]]],
                    ["name": "KEY", "valueFrom": ["configMapKeyRef": ["name": "c", "key": "a"]]],
                    ["name": "SECRET", "valueFrom": ["secretKeyRef": ["name": "s", "key": "k", "optional": true]]],
                    ["name": "TEXT", "value": "$(KEY)-$(S)"], ["name": "S", "value": "over"],
                ],
            ], maps: ["c": ["a": "1", "b": "2"]], services: [("S", "service")])
        #expect(
            made == [
                "S=over", "C_a=1", "C_b=2", "NODE=node-1", "APP=web", "CPU=500", "MEMORY=1048576", "KEY=1",
                "TEXT=1-service",
            ])
    }

    @Test(
        "What is missing is named",
        arguments: [
            (["configMapKeyRef": ["name": "x", "key": "k"]], "configmap \"x\" not found"),
            (["configMapKeyRef": ["name": "c", "key": "k"]], "couldn't find key k in ConfigMap default/c"),
            (["secretKeyRef": ["name": "s", "key": "k"]], "secret \"s\" not found"),
            (["fieldRef": ["fieldPath": "spec.magic"]], "unsupported fieldPath: spec.magic"),
        ] as [(JSONValue, String)])
    func missing(source: JSONValue, message: String) {
        #expect(throws: ContainerStartFailure.configuration(message)) {
            try environment(["name": "main", "env": [["name": "V", "valueFrom": source]]], maps: ["c": [:]])
        }
    }

    @Test func servicesAreAnnounced() {
        var web = KubernetesObject(.services, namespace: "default", name: "my-web")
        web.spec = [
            "clusterIP": "10.96.1.1", "ports": [["name": "http", "port": 80, "protocol": "TCP"]],
        ]
        var elsewhere = web
        elsewhere.namespace = "other"
        let variables = ServiceEnvironment.variables(
            services: [web, elsewhere], namespace: "default", includesAll: true)
        #expect(variables.contains { $0 == ("MY_WEB_SERVICE_HOST", "10.96.1.1") })
        #expect(variables.contains { $0 == ("MY_WEB_PORT_80_TCP", "tcp://10.96.1.1:80") })
        #expect(variables.count == 8)
        #expect(ServiceEnvironment.variables(services: [web], namespace: "default", includesAll: false).isEmpty)
    }

    private func blueprint(_ container: JSONValue, _ spec: JSONValue = [:]) throws -> ContainerConfiguration {
        var members = spec
        members["containers"] = [container]
        let pod = makePod(members)
        let main = try #require(pod.containers.first)
        return try ContainerBlueprint(
            pod: pod, container: main, node: node, sandboxID: "s", image: image, restarts: 2,
            environment: [("WHO", "world")], mounts: [],
            resources: ContainerResources(pod: pod, machine: machine).limits(of: main)
        ).configuration()
    }

    @Test func theSpecBecomesAConfiguration() throws {
        let made = try blueprint([
            "name": "main", "image": "busybox", "command": ["echo"], "args": ["hello $(WHO)"], "workingDir": "/tmp",
            "stdin": true, "tty": true,
            "resources": ["limits": ["cpu": "500m", "memory": "64Mi"], "requests": ["cpu": "250m"]],
            "securityContext": [
                "runAsUser": 1000, "runAsGroup": 2000, "readOnlyRootFilesystem": true,
                "capabilities": ["add": ["NET_ADMIN"], "drop": ["ALL"]],
            ],
        ])
        #expect(made.name == "k8s_main_web_default_uid-1_2")
        #expect(made.entrypoint == ["echo"])
        #expect(made.command == ["hello world"])
        #expect(made.workingDirectory == "/tmp")
        #expect(made.terminal && made.openInput && made.readOnlyRoot)
        #expect(made.user == "1000:2000")
        #expect(made.resources == Resources(memory: 64 << 20, cpus: 0.5, cpuShares: 256))
        #expect(made.addedCapabilities == ["NET_ADMIN"])
        #expect(made.droppedCapabilities == ["ALL"])
        #expect(made.labels["io.kubernetes.container.restartCount"] == "2")
        #expect(made.labels["kijabi.node"] == "node-1")
    }

    @Test func rootIsRefusedWhereTheSpecSaysSo() throws {
        let context: JSONValue = ["securityContext": ["runAsNonRoot": true]]
        #expect(throws: ContainerStartFailure.self) { try blueprint(["name": "main"], context) }
        #expect(try blueprint(["name": "main", "securityContext": ["runAsUser": 5]], context).user == "5")
    }

    private func mounts(_ volume: JSONValue, _ more: JSONValue = [:]) throws(ContainerStartFailure) -> [Mount] {
        var mount: JSONValue = ["name": "v", "mountPath": "/v"]
        for (key, value) in more.object ?? [:] { mount[key] = value }
        var named = volume
        named["name"] = "v"
        let pod = makePod(["volumes": [named], "containers": [["name": "main", "volumeMounts": [mount]]]])
        let fields = PodFields(pod: pod.object, nodeName: "n", hostIP: "", podIP: nil)
        let volumes = VolumeMounts(
            pod: pod.object, fields: fields,
            configMap: { name in
                guard name == "c" else { return nil }
                var map = KubernetesObject(.configMaps, namespace: "default", name: name)
                map.document["data"] = ["a": "1", "b": "2"]
                map.document["binaryData"] = ["raw": "AAE="]
                return map
            }, resources: { _, _, _ in nil })
        return try volumes.mounts(for: pod.containers[0])
    }

    @Test func volumesBecomeMounts() throws {
        #expect(
            try mounts(["configMap": ["name": "c"]])
                == [Mount(source: .files(["a": [0x31], "b": [0x32], "raw": [0, 1]]), target: "/v", readOnly: true)])
        #expect(
            try mounts(["configMap": ["name": "c", "items": [["key": "a", "path": "sub/x"]]]])
                == [Mount(source: .files(["sub/x": [0x31]]), target: "/v", readOnly: true)])
        #expect(
            try mounts(["emptyDir": [:]], ["readOnly": true])
                == [Mount(source: .sandbox(name: "v"), target: "/v", readOnly: true)])
        #expect(
            try mounts(["downwardAPI": ["items": [["path": "name", "fieldRef": ["fieldPath": "metadata.name"]]]]])
                == [Mount(source: .files(["name": Array("web".utf8)]), target: "/v", readOnly: true)])
    }

    @Test(
        "Volumes that cannot be had say why",
        arguments: [
            (["configMap": ["name": "x"]], "configmap \"x\" not found"),
            (["secret": ["secretName": "s"]], "secret \"s\" not found"),
            (
                ["hostPath": ["path": "/etc"]],
                "hostPath /etc is refused: containers here cannot reach this machine's files"
            ),
            (["nfs": ["server": "s"]], "volumes of kind nfs are not supported by kijabi"),
        ] as [(JSONValue, String)])
    func refusedVolumes(volume: JSONValue, message: String) {
        #expect(throws: ContainerStartFailure.volume(name: "v", message)) { try mounts(volume) }
    }

    @Test func resolversFollowThePolicy() {
        func dns(_ spec: JSONValue) -> DNSConfiguration {
            DNSConfiguration(pod: makePod(spec), clusterDNS: "10.96.0.10")
        }
        let cluster = DNSConfiguration(
            nameservers: ["10.96.0.10"],
            searches: ["default.svc.cluster.local", "svc.cluster.local", "cluster.local"], options: ["ndots:5"])
        #expect(dns([:]) == cluster)
        #expect(dns(["dnsPolicy": "ClusterFirstWithHostNet", "hostNetwork": true]) == cluster)
        #expect(dns(["hostNetwork": true]).searches.isEmpty)
        let own = dns([
            "dnsPolicy": "None",
            "dnsConfig": ["nameservers": ["192.0.2.1"], "options": [["name": "ndots", "value": "1"]]],
        ])
        #expect(own == DNSConfiguration(nameservers: ["192.0.2.1"], options: ["ndots:1"]))
    }
}
