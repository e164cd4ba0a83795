import ContainerEngine
import Controllers
import Documents
import Glibc
import KubernetesAPI
import Testing

@testable import Cluster

/// Whole clusters over real containers.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ClusterTests {
    /// A web server that tells its Pod's name.
    private static let web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 3
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: web
                image: busybox
                command: [sh, -c]
                args: ["mkdir /www; hostname > /www/index.html; exec httpd -f -p 80 -h /www"]
                ports: [{containerPort: 80}]
                readinessProbe: {httpGet: {port: 80}, periodSeconds: 1}
        """

    private static let service = """
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports: [{name: http, port: 8080, targetPort: 80}]
        """

    private static func sleeper(_ name: String, _ more: String = "") -> String {
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: \(name)}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
          - name: main
            image: busybox
            command: [sleep, "1000"]
        \(more)
        """
    }

    @Test func threeNodesAreReadyAtOnce() async throws {
        try await ClusterFixture.run { fixture in
            let nodes = try await fixture.client.list(.nodes).items
            #expect(nodes.map(\.name) == ["node-1", "node-2", "node-3"])
            #expect(nodes.allSatisfy { $0.isConditionTrue("Ready") })
            #expect(fixture.cluster.networkFailure == nil)
            let names = try await fixture.client.list(.services).items.map(\.name)
            #expect(names.sorted() == ["kube-dns", "kubernetes"])
        }
    }

    @Test func aPodRunsAndIsReadyQuickly() async throws {
        try await ClusterFixture.run { fixture in
            // The first start assembles the image.
            try await fixture.create(.pods, yaml: Self.sleeper("first"))
            try await fixture.eventually("ready") { try await fixture.pod("first").isReady }
            let start = ContinuousClock.now
            try await fixture.create(.pods, yaml: Self.sleeper("second"))
            try await fixture.eventually("ready") { try await fixture.pod("second").isReady }
            print("create to Ready: \(ContinuousClock.now - start)")
            let (status, output) = try await fixture.shell("second", "hostname; exit 3")
            #expect(status == 3)
            #expect(output == "second")
        }
    }

    @Test func deploymentsHeal() async throws {
        try await ClusterFixture.run { fixture in
            try await fixture.create(.deployments, yaml: Self.web)
            let labels = ["app": "web"]
            func allReady() async throws -> Bool {
                let pods = try await fixture.pods(labels).filter(\.isActive)
                return pods.count == 3 && pods.allSatisfy(\.isReady)
            }
            try await fixture.eventually("three are ready") { try await allReady() }
            let pods = try await fixture.pods(labels)
            #expect(Set(pods.map(\.nodeName)).count == 3, "one on each node")

            // A process dies: its container is started again, in the same Pod.
            let victim = try #require(pods.first)
            let id = try #require(
                victim.object.document.at("status", "containerStatuses")?.array?.first?["containerID"]?.string)
            try await fixture.engine.signalContainer(String(id.dropFirst("kijabi://".count)), signal: SIGKILL)
            try await fixture.eventually("started again") {
                let pod = try await fixture.pod(victim.name)
                return pod.restartCount == 1 && pod.isReady
            }
            let last = try await fixture.pod(victim.name).object.document.at("status", "containerStatuses")?.array?
                .first?.at("lastState", "terminated", "exitCode")
            #expect(last == 137)

            // A Pod is deleted: another takes its place.
            _ = try await fixture.client.delete(.pods, namespace: "default", name: victim.name, DeleteOptions())
            try await fixture.eventually("replaced") {
                let now = try await fixture.pods(labels)
                return try await allReady() && now.count == 3 && !now.contains { $0.name == victim.name }
            }
        }
    }

    @Test func podsLeaveANodeThatStops() async throws {
        var timing = ControllerTiming()
        timing.nodeMonitorGracePeriod = .seconds(3)
        timing.defaultTolerationOfLostNode = .seconds(1)
        try await ClusterFixture.run(controllers: timing) { fixture in
            try await fixture.create(.deployments, yaml: Self.web)
            let labels = ["app": "web"]
            try await fixture.eventually("three are ready") {
                try await fixture.pods(labels).count(where: \.isReady) == 3
            }
            try await fixture.cluster.stopNode("node-2")
            #expect(try await fixture.cluster.isNodeRunning("node-2") == false)
            try await fixture.eventually("three are ready elsewhere", within: .seconds(30)) {
                let pods = try await fixture.pods(labels).filter { $0.isActive && $0.isReady }
                return pods.count == 3 && pods.allSatisfy { $0.nodeName != "node-2" }
            }
            let node = try await fixture.client.get(.nodes, namespace: nil, name: "node-2")
            #expect(!node.isConditionTrue("Ready"))
            try await fixture.cluster.startNode("node-2")
            try await fixture.eventually("the node is back, and what it had is cleared away") {
                let node = try await fixture.client.get(.nodes, namespace: nil, name: "node-2")
                let count = try await fixture.pods(labels).count
                return node.isConditionTrue("Ready") && count == 3
            }
        }
    }

    @Test func servicesHaveNamesAndBalance() async throws {
        try await ClusterFixture.run { fixture in
            try await fixture.create(.deployments, yaml: Self.web)
            try await fixture.create(.services, yaml: Self.service)
            try await fixture.create(.pods, yaml: Self.sleeper("client"))
            let headless = Self.service.replacing("name: web}", with: "name: all}")
                .replacing("spec:", with: "spec:\n  clusterIP: None")
            try await fixture.create(.services, yaml: headless)
            try await fixture.eventually("all are ready") {
                let pods = try await fixture.pods()
                return pods.count == 4 && pods.allSatisfy(\.isReady)
            }
            try await fixture.eventually("the service answers") {
                try await fixture.shell("client", "timeout 1 wget -q -O - http://web:8080/").status == 0
            }
            let all = try await fixture.shell(
                "client",
                "for i in $(seq 40); do timeout 2 wget -q -O - http://web.default.svc.cluster.local:8080/; done")
            let names = Set(all.output.split(separator: "\n").map(String.init))
            #expect(
                names == Set(try await fixture.pods(["app": "web"]).map(\.name)), "every Pod is asked sooner or later")
            let addresses = try await fixture.shell("client", "nslookup all.default.svc.cluster.local")
            for pod in try await fixture.pods(["app": "web"]) { #expect(addresses.output.contains(pod.address)) }
            let resolv = try await fixture.shell("client", "cat /etc/resolv.conf").output
            #expect(resolv.contains("nameserver 10.96.0.10"))
            #expect(resolv.contains("search default.svc.cluster.local svc.cluster.local cluster.local"))
            let missing = try await fixture.shell("client", "nslookup nope.default.svc.cluster.local")
            #expect(missing.status != 0)
            #expect(missing.output.contains("NXDOMAIN"))
        }
    }

    @Test func nodesHaveAddresses() async throws {
        try await ClusterFixture.run(nodes: 2) { fixture in
            let yaml = """
                apiVersion: v1
                kind: Pod
                metadata: {name: outside, labels: {app: outside}}
                spec:
                  hostNetwork: true
                  nodeName: node-2
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: web
                    image: busybox
                    command: [sh, -c, "echo outside > /tmp/index.html; exec httpd -f -p 8099 -h /tmp"]
                    readinessProbe: {httpGet: {port: 8099}, periodSeconds: 1}
                """
            try await fixture.create(.pods, yaml: yaml)
            try await fixture.create(.pods, yaml: Self.sleeper("client"))
            let service = Self.service.replacing("spec:", with: "spec:\n  type: NodePort")
                .replacing("app: web", with: "app: outside").replacing(
                    "targetPort: 80", with: "targetPort: 8099, nodePort: 30099")
            try await fixture.create(.services, yaml: service)
            try await fixture.eventually("ready") { try await fixture.pods().count(where: \.isReady) == 2 }
            #expect(try await fixture.pod("outside").address == "10.89.0.12")
            #expect(
                try await fixture.shell("client", "timeout 2 wget -q -O - http://10.89.0.12:8099/").output == "outside")
            try await fixture.eventually("the node port answers, on any node") {
                try await fixture.shell("client", "timeout 1 wget -q -O - http://10.89.0.11:30099/").output == "outside"
            }
        }
    }

    @Test func readinessGatesEndpoints() async throws {
        try await ClusterFixture.run(nodes: 1) { fixture in
            let gate =
                "    readinessProbe: {exec: {command: [test, -f, /tmp/ok]}, periodSeconds: 1, failureThreshold: 1}"
            let yaml = Self.sleeper("gated", gate).replacing("{name: gated}", with: "{name: gated, labels: {app: web}}")
            try await fixture.create(.pods, yaml: yaml)
            try await fixture.create(.services, yaml: Self.service)
            func ready() async throws -> [Bool?] {
                let slices = try await fixture.client.list(.endpointSlices, namespace: "default").items
                return slices.filter { $0.labels["kubernetes.io/service-name"] == "web" }
                    .flatMap { $0.document["endpoints"]?.array ?? [] }.map { $0.at("conditions", "ready")?.bool }
            }
            try await fixture.eventually("running but not an endpoint") {
                let phase = try await fixture.pod("gated").phase
                return try await ready() == [false] && phase == "Running"
            }
            #expect(try await fixture.shell("gated", "touch /tmp/ok").status == 0)
            try await fixture.eventually("an endpoint") { try await ready() == [true] }
            #expect(try await fixture.shell("gated", "rm /tmp/ok").status == 0)
            try await fixture.eventually("none again") { try await ready() == [false] }
        }
    }

    @Test func configMapsReachContainers() async throws {
        try await ClusterFixture.run(nodes: 1) { fixture in
            try await fixture.create(
                .configMaps,
                yaml: "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {COLOUR: blue, f.txt: hi}}")
            let more = """
                    envFrom: [{configMapRef: {name: c}}]
                    env:
                    - {name: WHERE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
                    - {name: TEXT, value: "$(COLOUR) on $(WHERE)"}
                    volumeMounts:
                    - {name: files, mountPath: /etc/c}
                    - {name: scratch, mountPath: /scratch}
                  volumes:
                  - {name: files, configMap: {name: c}}
                  - {name: scratch, emptyDir: {}}
                """
            try await fixture.create(.pods, yaml: Self.sleeper("configured", more))
            try await fixture.eventually("ready") { try await fixture.pod("configured").isReady }
            let text =
                "echo $TEXT; cat /etc/c/f.txt; echo; echo $KUBERNETES_SERVICE_HOST; touch /scratch/x && ls /scratch"
            let output = try await fixture.shell("configured", text).output
            #expect(output == "blue on node-1\nhi\n10.96.0.1\nx")
        }
    }

    @Test func deletionGivesTimeToSayGoodbye() async throws {
        try await ClusterFixture.run(nodes: 1) { fixture in
            let script = "trap 'echo bye; sleep 0.2; exit 0' TERM; echo up; while :; do sleep 0.05; done"
            let yaml = Self.sleeper("polite").replacing("[sleep, \"1000\"]", with: "[sh, -c, \"\(script)\"]")
                .replacing("terminationGracePeriodSeconds: 1", with: "terminationGracePeriodSeconds: 10")
            try await fixture.create(.pods, yaml: yaml)
            try await fixture.eventually("ready") { try await fixture.pod("polite").isReady }
            let log = try await fixture.client.podLogs(
                namespace: "default", name: "polite", PodLogOptions(follow: true))
            var start = ContinuousClock.now
            var text = ""
            for await piece in log {
                text += String(decoding: piece, as: UTF8.self)
                guard text == "up\n" else { continue }
                start = ContinuousClock.now
                _ = try await fixture.client.delete(.pods, namespace: "default", name: "polite", DeleteOptions())
                #expect(try await fixture.pod("polite").object.isBeingDeleted)
            }
            #expect(text == "up\nbye\n")
            try await fixture.eventually("gone") { try await fixture.pods().isEmpty }
            #expect(ContinuousClock.now - start < .seconds(5), "it did not need all its grace")
            #expect(await fixture.engine.sandboxes().isEmpty)
        }
    }
}
