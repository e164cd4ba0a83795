import Documents
import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct TableTests {
    /// A Pod's status, and what its row says.
    static let pods: [(status: String, ready: String, reason: String, restarts: String)] = [
        ("{phase: Pending}", "0/1", "Pending", "0"),
        (
            "{phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ContainerCreating}}}]}", "0/1",
            "ContainerCreating", "0"
        ),
        (
            "{phase: Running, containerStatuses: [{name: a, ready: true, restartCount: 0, state: {running: {}}}]}",
            "1/1",
            "Running", "0"
        ),
        (
            """
            {phase: Running, containerStatuses: [{name: a, restartCount: 2, state: {waiting: {reason: CrashLoopBackOff}},
             lastState: {terminated: {exitCode: 1, finishedAt: "2025-12-31T23:59:55Z"}}}]}
            """, "0/1", "CrashLoopBackOff", "2 (5s ago)"
        ),
        (
            """
            {phase: Succeeded, containerStatuses: [{name: a, state: {terminated: {reason: Completed, exitCode: 0}}}]}
            """, "0/1", "Completed", "0"
        ),
        (
            "{phase: Failed, containerStatuses: [{name: a, state: {terminated: {exitCode: 3}}}]}", "0/1", "ExitCode:3",
            "0"
        ),
        (
            "{phase: Failed, containerStatuses: [{name: a, state: {terminated: {exitCode: 137, signal: 9}}}]}", "0/1",
            "Signal:9", "0"
        ),
        (
            "{phase: Running, containerStatuses: [{name: a, state: {terminated: {reason: OOMKilled, exitCode: 137}}}]}",
            "0/1", "OOMKilled", "0"
        ),
        (
            "{phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ErrImagePull}}}]}", "0/1",
            "ErrImagePull", "0"
        ),
        (
            """
            {phase: Pending, initContainerStatuses: [{name: i, restartCount: 1, state: {running: {}}}],
             containerStatuses: [{name: a, state: {waiting: {reason: PodInitializing}}}]}
            """, "0/1", "Init:0/1", "1"
        ),
        (
            "{phase: Pending, initContainerStatuses: [{name: i, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}}]}",
            "0/1", "Init:CrashLoopBackOff", "3"
        ),
        (
            """
            {phase: Pending, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 0}}}],
             containerStatuses: [{name: a, state: {waiting: {reason: PodInitializing}}}]}
            """, "0/1", "PodInitializing", "0"
        ),
        ("{phase: Failed, reason: Evicted}", "0/1", "Evicted", "0"),
    ]

    @Test(arguments: pods)
    func aPodsRowSaysWhatItGoesThrough(
        row: (status: String, ready: String, reason: String, restarts: String)
    ) throws {
        var web = pod("web", node: "node-1")
        web.spec["initContainers"] = [["name": "i", "image": "i"]]
        web.status = try object(row.status).document
        let cells = PodStrategy().cells(of: web, now: TestCluster.start)
        #expect(cells[0...3] == ["web", row.ready, row.reason, row.restarts])
    }

    @Test func podsThatGoAreTerminating() throws {
        var web = pod("web")
        web.status["phase"] = "Running"
        web.metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        #expect(PodSummary(web).reason == "Terminating")
        web.status["reason"] = "NodeLost"
        #expect(PodSummary(web).reason == "Unknown")
    }

    @Test func tablesHaveTheColumnsOfKubectl() async throws {
        let cluster = try TestCluster()
        let client = cluster.client
        _ = try await client.create(
            .nodes,
            try object(
                """
                metadata: {name: node-1, labels: {node-role.kubernetes.io/control-plane: ""}}
                spec: {unschedulable: true}
                status:
                  addresses: [{type: InternalIP, address: 10.89.0.11}]
                  conditions: [{type: Ready, status: "True"}]
                  nodeInfo: {kubeletVersion: v1.34.0, osImage: Debian, kernelVersion: "6.1", containerRuntimeVersion: kijabi://0.1}
                """))
        _ = try await client.create(
            .services,
            try object(
                """
                {metadata: {name: web, namespace: default}, spec: {type: NodePort, clusterIP: 10.96.0.20,
                 selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}}
                """))
        _ = try await client.create(
            .deployments,
            try object(
                """
                {metadata: {name: web, namespace: default}, spec: {replicas: 2, selector: {matchLabels: {app: web}},
                 template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: b}, {name: c, image: d}]}}}}
                """))
        _ = try await client.create(
            .configMaps, try object("{metadata: {name: a, namespace: default}, data: {one: a, two: b}}"))
        _ = try await client.create(
            .endpointSlices,
            try object(
                """
                {metadata: {name: web-1, namespace: default}, addressType: IPv4, ports: [{port: 80}],
                 endpoints: [{addresses: [10.244.1.1]}, {addresses: [10.244.1.2]}, {addresses: [10.244.1.3]},
                 {addresses: [10.244.1.4]}]}
                """))
        _ = try await client.create(
            .leases,
            try object("{metadata: {name: node-1, namespace: kube-node-lease}, spec: {holderIdentity: node-1}}"))
        cluster.advance(by: .seconds(65))
        let expected: [(APIResource, String, String)] = [
            (
                .nodes,
                "Name|Status|Roles|Age|Version|Internal-IP*|External-IP*|OS-Image*|Kernel-Version*|Container-Runtime*",
                "node-1|Ready,SchedulingDisabled|control-plane|65s|v1.34.0|10.89.0.11|<none>|Debian|6.1|kijabi://0.1"
            ),
            (
                .services, "Name|Type|Cluster-IP|External-IP|Port(s)|Age|Selector*",
                "web|NodePort|10.96.0.20|<none>|80:30080/TCP|65s|app=web"
            ),
            (
                .deployments, "Name|Ready|Up-to-date|Available|Age|Containers*|Images*|Selector*",
                "web|0/2|0|0|65s|a,c|b,d|app=web"
            ),
            (.configMaps, "Name|Data|Age", "a|2|65s"),
            (
                .endpointSlices, "Name|AddressType|Ports|Endpoints|Age",
                "web-1|IPv4|80|10.244.1.1,10.244.1.2,10.244.1.3 + 1 more...|65s"
            ),
            (.leases, "Name|Holder|Age", "node-1|node-1|65s"),
            (.namespaces, "Name|Status|Age", "default|Active|65s"),
        ]
        for (resource, columns, row) in expected {
            let table = try await client.table(resource, namespace: nil, ListOptions())
            let heads = table.columns.map { $0.name + ($0.priority == 0 ? "" : "*") }.joined(separator: "|")
            #expect(heads == columns)
            #expect(table.rows.map { $0.cells.joined(separator: "|") }.contains(row), "\(table.rows.map(\.cells))")
        }
    }

    @Test func eventsTellTheirStory() async throws {
        let cluster = try TestCluster()
        _ = try await cluster.client.create(
            .events,
            try object(
                """
                metadata: {name: web.1, namespace: default}
                involvedObject: {kind: Pod, namespace: default, name: web, fieldPath: "spec.containers{main}"}
                type: Warning
                reason: BackOff
                message: "Back-off restarting failed container\\n"
                source: {component: kubelet, host: node-1}
                firstTimestamp: "2026-01-01T00:00:00Z"
                lastTimestamp: "2026-01-01T00:00:20Z"
                count: 3
                """))
        _ = try await cluster.client.create(
            .events,
            try object(
                "{metadata: {name: node-1.1, namespace: default}, involvedObject: {kind: Node, name: node-1}, type: Normal}"
            ))
        cluster.advance(by: .seconds(30))
        let table = try await cluster.client.table(
            .events, namespace: "default", ListOptions(fieldSelector: .equals("involvedObject.name", "web")))
        #expect(
            table.rows.map(\.cells) == [
                [
                    "10s", "Warning", "BackOff", "pod/web", "spec.containers{main}", "kubelet, node-1",
                    "Back-off restarting failed container", "30s", "3", "web.1",
                ]
            ])
        for (field, value) in [("reason", "BackOff"), ("type", "Warning"), ("source", "kubelet")] {
            let found = try await cluster.client.list(
                .events, namespace: nil, ListOptions(fieldSelector: .equals(field, value)))
            #expect(found.items.map(\.name) == ["web.1"])
        }
        let misplaced = try await status {
            _ = try await cluster.client.create(
                .events, try object("{metadata: {name: e, namespace: default}, involvedObject: {namespace: shop}}"))
        }
        #expect(
            misplaced.message
                == "Event \"e\" is invalid: involvedObject.namespace: Invalid value: \"shop\": does not match event.namespace"
        )
    }
}
