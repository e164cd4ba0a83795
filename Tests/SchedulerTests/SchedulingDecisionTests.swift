import Documents
import KubernetesAPI
import Testing

@testable import Scheduler

@Suite struct SchedulingDecisionTests {
    // MARK: Why not

    struct Refusal: Sendable, CustomTestStringConvertible {
        let pod: KubernetesObject
        let nodes: [KubernetesObject]
        let message: String
        var testDescription: String { message }
    }

    private static let dedicated: JSONValue = [["key": "dedicated", "value": "db", "effect": "NoSchedule"]]

    @Test(arguments: [
        Refusal(pod: makePod("a"), nodes: [], message: "no nodes available to schedule pods"),
        Refusal(
            pod: makePod("a", cpu: "3"), nodes: [makeNode("n1"), makeNode("n2"), makeNode("n3")],
            message: "0/3 nodes are available: 3 Insufficient cpu."),
        Refusal(
            pod: makePod("a", cpu: "3", memory: "5Gi"), nodes: [makeNode("n1"), makeNode("n2", memory: "8Gi")],
            message: "0/2 nodes are available: 1 Insufficient memory, 2 Insufficient cpu."),
        Refusal(
            pod: makePod("a"), nodes: [makeNode("n1", pods: "0")],
            message: "0/1 nodes are available: 1 Too many pods."),
        Refusal(
            pod: makePod("a"),
            nodes: [makeNode("n1", taints: Self.dedicated), makeNode("n2", unschedulable: true)],
            message:
                "0/2 nodes are available: 1 node(s) had untolerated taint {dedicated: db}, 1 node(s) were unschedulable."
        ),
        Refusal(
            pod: makePod("a", spec: ["nodeSelector": ["disk": "ssd"]]), nodes: [makeNode("n1")],
            message: "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."),
    ])
    func refusalsSpeakAsKubeSchedulerDoes(refusal: Refusal) {
        #expect(decide(refusal.pod, makeCluster(refusal.nodes)).message == refusal.message)
    }

    @Test func whatIsOnANodeCounts() {
        let cluster = makeCluster([makeNode("n1")], placed: [(makePod("big", cpu: "1500m"), "n1")])
        #expect(decide(makePod("a", cpu: "500m"), cluster).node == "n1")
        #expect(decide(makePod("a", cpu: "501m"), cluster).message == "0/1 nodes are available: 1 Insufficient cpu.")
    }

    @Test func hostPortsCollide() {
        func onPort(_ name: String, _ port: Int, address: String = "", transport: String = "TCP") -> KubernetesObject {
            makePod(
                name,
                spec: [
                    "containers": [
                        [
                            "name": "main",
                            "ports": [
                                [
                                    "containerPort": 80, "hostPort": .integer(port), "hostIP": .string(address),
                                    "protocol": .string(transport),
                                ]
                            ],
                        ]
                    ]
                ])
        }
        let cluster = makeCluster([makeNode("n1")], placed: [(onPort("a", 8080), "n1")])
        #expect(
            decide(onPort("b", 8080), cluster).message
                == "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.")
        #expect(decide(onPort("b", 8080, address: "127.0.0.1"), cluster).node == nil)
        #expect(decide(onPort("b", 8080, transport: "UDP"), cluster).node == "n1")
        #expect(decide(onPort("b", 8081), cluster).node == "n1")
    }

    @Test func tolerationsAndAffinityOpenNodes() {
        let nodes = [
            makeNode("n1", labels: ["disk": "hdd"]),
            makeNode("n2", labels: ["disk": "ssd", "cores": "16"], taints: Self.dedicated),
        ]
        let toleration: JSONValue = [["key": "dedicated", "operator": "Equal", "value": "db", "effect": "NoSchedule"]]
        #expect(decide(makePod("a"), makeCluster(nodes)).node == "n1")
        func requiring(_ expression: JSONValue) -> SchedulingDecision {
            decide(
                makePod(
                    "a",
                    spec: [
                        "tolerations": toleration,
                        "affinity": [
                            "nodeAffinity": [
                                "requiredDuringSchedulingIgnoredDuringExecution": [
                                    "nodeSelectorTerms": [["matchExpressions": [expression]]]
                                ]
                            ]
                        ],
                    ]), makeCluster(nodes))
        }
        #expect(requiring(["key": "disk", "operator": "In", "values": ["ssd"]]).node == "n2")
        #expect(requiring(["key": "cores", "operator": "Gt", "values": ["8"]]).node == "n2")
        #expect(requiring(["key": "cores", "operator": "DoesNotExist"]).node == "n1")
        #expect(requiring(["key": "cores", "operator": "Lt", "values": ["8"]]).node == nil)
    }

    @Test func initContainersAndSidecarsCountAtTheirPeak() {
        let pod = makePod(
            "a",
            spec: [
                "initContainers": [
                    ["name": "sidecar", "restartPolicy": "Always", "resources": ["requests": ["cpu": "100m"]]],
                    ["name": "setup", "resources": ["requests": ["cpu": "700m"]]],
                ],
                "containers": [
                    ["name": "main", "resources": ["requests": ["cpu": "300m", "memory": "64Mi"]]],
                    ["name": "other", "resources": ["requests": ["cpu": "200m"]]],
                ],
            ])
        let requests = SchedulablePod(pod).requests
        #expect(requests["cpu"] == 800, "setup beside the sidecar")
        #expect(requests["memory"] == 64 << 20)
    }

    // MARK: Where

    @Test func podsOfOneOwnerSpread() {
        let nodes = ["n1", "n2", "n3"].map { makeNode($0) }
        let placed = [
            (makePod("a", owner: "set"), "n1"), (makePod("b", owner: "set"), "n2"),
            (makePod("c", owner: "other"), "n3"),
        ]
        #expect(decide(makePod("d", owner: "set"), makeCluster(nodes, placed: placed)).node == "n3")
    }

    @Test func theEmptierNodeIsPreferred() {
        let nodes = ["n1", "n2"].map { makeNode($0) }
        let cluster = makeCluster(nodes, placed: [(makePod("a", cpu: "1", memory: "2Gi"), "n1")])
        #expect(decide(makePod("b", cpu: "100m"), cluster).node == "n2")
    }

    @Test func softPreferencesDecideBetweenPossibleNodes() {
        let soft: JSONValue = [["key": "busy", "effect": "PreferNoSchedule"]]
        #expect(decide(makePod("a"), makeCluster([makeNode("n1", taints: soft), makeNode("n2")])).node == "n2")
        #expect(decide(makePod("a"), makeCluster([makeNode("n1", taints: soft)])).node == "n1")
        let preferring = makePod(
            "a",
            spec: [
                "affinity": [
                    "nodeAffinity": [
                        "preferredDuringSchedulingIgnoredDuringExecution": [
                            [
                                "weight": 50,
                                "preference": [
                                    "matchExpressions": [["key": "disk", "operator": "In", "values": ["ssd"]]]
                                ],
                            ]
                        ]
                    ]
                ]
            ])
        #expect(
            decide(preferring, makeCluster([makeNode("n1"), makeNode("n2", labels: ["disk": "ssd"])])).node == "n2")
    }

    @Test func tiesAreBrokenByTheSeed() {
        let cluster = makeCluster(["n1", "n2", "n3"].map { makeNode($0) })
        let places = (0..<60).map { decide(makePod("pod-\($0)"), cluster, seed: 1).node }
        #expect(places == (0..<60).map { decide(makePod("pod-\($0)"), cluster, seed: 1).node })
        #expect(places != (0..<60).map { decide(makePod("pod-\($0)"), cluster, seed: 2).node })
        #expect(Set(places.compactMap(\.self)) == ["n1", "n2", "n3"])
    }

    // MARK: Rules about other Pods

    @Test func spreadConstraintsForbidLopsidedness() {
        let zones = [makeNode("n1", labels: ["zone": "a"]), makeNode("n2", labels: ["zone": "b"])]
        let pod = makePod(
            "c", labels: ["app": "web"],
            spec: [
                "topologySpreadConstraints": [
                    [
                        "maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule",
                        "labelSelector": ["matchLabels": ["app": "web"]],
                    ]
                ]
            ])
        let cluster = makeCluster(zones, placed: [(makePod("a", labels: ["app": "web"]), "n1")])
        #expect(decide(pod, cluster).node == "n2")
        let full = makeCluster(
            [zones[0], makeNode("n2", labels: ["zone": "b"], unschedulable: true)],
            placed: [(makePod("a", labels: ["app": "web"]), "n1")])
        #expect(
            decide(pod, full).message
                == "0/2 nodes are available: 1 node(s) didn't match pod topology spread constraints, "
                + "1 node(s) were unschedulable.")
    }

    @Test func antiAffinityKeepsPodsApartAndAffinityTogether() {
        func affine(_ kind: String, _ name: String) -> KubernetesObject {
            makePod(
                name, labels: ["app": "web"],
                spec: [
                    "affinity": .object([
                        kind: [
                            "requiredDuringSchedulingIgnoredDuringExecution": [
                                [
                                    "topologyKey": "kubernetes.io/hostname",
                                    "labelSelector": ["matchLabels": ["app": "web"]],
                                ]
                            ]
                        ]
                    ])
                ])
        }
        let nodes = [makeNode("n1"), makeNode("n2")]
        let one = makeCluster(nodes, placed: [(affine("podAntiAffinity", "a"), "n1")])
        #expect(decide(affine("podAntiAffinity", "b"), one).node == "n2")
        #expect(decide(makePod("c", labels: ["app": "web"]), one).node == "n2", "those that are there are asked too")
        #expect(decide(affine("podAffinity", "first"), makeCluster(nodes)).node != nil)
        let plain = makeCluster(nodes, placed: [(makePod("a", labels: ["app": "web"]), "n2")])
        #expect(decide(affine("podAffinity", "b"), plain).node == "n2")
    }
}
