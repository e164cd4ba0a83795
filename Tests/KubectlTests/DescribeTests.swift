import Documents
import KubernetesAPI
import Testing

@Suite struct DescribeTests {
    @Test func everyKind() async throws {
        let bench = try Bench()
        try await bench.node("node-1")
        bench.files["web.yaml"] = Self.manifest
        try await bench.run("apply -f web.yaml")
        try await bench.start("web")
        try await bench.setStatus(
            .deployments, "api",
            """
            {observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 1, availableReplicas: 1,
             unavailableReplicas: 1, conditions: [{type: Available, status: "False", reason: MinimumReplicasUnavailable}]}
            """)
        try await event(bench, count: 1, "Scheduled", "Successfully assigned default/web to node-1")
        try await event(bench, count: 4, "BackOff", "Back-off restarting failed container", type: "Warning")
        bench.time.advance(by: .seconds(90))
        let golden = Golden("describe", bench)
        for line in [
            "describe pod web", "describe deploy api", "describe svc web", "describe node node-1",
            "describe ns default",
            "describe cm settings", "describe pods -l app=none", "describe pod nope", "describe",
            "describe svc we", "events", "events --for pod/web --types=Warning", "events -n kube-public", "get events",
        ] { try await golden.run(line) }
        try golden.check()
    }

    private func event(_ bench: Bench, count: Int, _ reason: String, _ message: String, type: String = "Normal")
        async throws
    {
        let pod = try await bench.client.get(.pods, namespace: "default", name: "web")
        var event = KubernetesObject(.events, namespace: "default", name: "web.\(reason.lowercased())")
        event.document["involvedObject"] = [
            "apiVersion": "v1", "kind": "Pod", "name": "web", "namespace": "default", "uid": .string(pod.uid),
        ]
        event.document["reason"] = .string(reason)
        event.document["message"] = .string(message)
        event.document["type"] = .string(type)
        event.document["count"] = .integer(count)
        event.document["source"] = ["component": "kubelet"]
        event.document["firstTimestamp"] = .string(bench.time.now.text)
        bench.time.advance(by: .seconds(10))
        event.document["lastTimestamp"] = .string(bench.time.now.text)
        _ = try await bench.client.create(.events, event)
    }

    private static let manifest = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web
          labels: {app: web, tier: front}
          annotations: {note: "a short one"}
        spec:
          nodeSelector: {kubernetes.io/os: linux}
          initContainers:
          - {name: setup, image: busybox, command: [sh, -c, "echo ready"]}
          containers:
          - name: web
            image: busybox
            args: [httpd, -f]
            ports: [{containerPort: 8080, name: http}]
            env:
            - {name: COLOR, value: blue}
            - name: POD
              valueFrom: {fieldRef: {fieldPath: metadata.name}}
            - name: SIZE
              valueFrom: {configMapKeyRef: {name: settings, key: size}}
            envFrom: [{configMapRef: {name: settings}}]
            resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}}
            livenessProbe: {httpGet: {path: /, port: 8080}}
            readinessProbe: {exec: {command: [cat, /ready]}, periodSeconds: 3}
            volumeMounts: [{name: data, mountPath: /data}, {name: conf, mountPath: /conf, readOnly: true}]
          volumes:
          - {name: data, emptyDir: {}}
          - {name: conf, configMap: {name: settings}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: api, labels: {app: api}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: api}}
          template:
            metadata: {labels: {app: api}}
            spec:
              containers: [{name: api, image: busybox, command: [sleep, 1d]}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          clusterIP: 10.96.0.80
          selector: {app: web}
          ports: [{name: http, port: 80, targetPort: http}]
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
        addressType: IPv4
        ports: [{name: http, port: 8080, protocol: TCP}]
        endpoints:
        - {addresses: [10.244.1.2], conditions: {ready: true}}
        - {addresses: [10.244.2.2], conditions: {ready: false}}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {size: large, text: "two\\nlines"}
        """
}
