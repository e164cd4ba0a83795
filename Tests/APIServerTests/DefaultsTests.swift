import Documents
import KubernetesAPI
import Testing

@testable import APIServer

/// What goes in, and what the server makes of it. The server's own marks (uid, revision, times) are left out.
@Suite struct DefaultsTests {
    private func created(_ input: String) async throws -> JSONValue {
        let cluster = try TestCluster()
        let object = try object(input)
        let resource = try #require(APIResource.of(apiVersion: object.apiVersion, kind: object.kind))
        var result = try await cluster.client.create(
            resource, namespace: resource.isNamespaced ? "default" : nil, object, WriteOptions(strictFields: true))
        for member in ["uid", "resourceVersion", "creationTimestamp"] { result.metadata[member] = nil }
        return result.document
    }

    @Test func pod() async throws {
        let output = try await created(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
              - name: web
                image: nginx:1.27
                ports: [{containerPort: 80}]
                readinessProbe: {httpGet: {port: 80}}
                resources: {limits: {cpu: 0.1, memory: 65536Ki}}
              - {name: side, image: registry.local:5000/side}
              volumes:
              - {name: scratch}
              - {name: settings, configMap: {name: web}}
            """)
        let expected = try object(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: default, generation: 1}
            spec:
              containers:
              - name: web
                image: nginx:1.27
                imagePullPolicy: IfNotPresent
                ports: [{containerPort: 80, protocol: TCP}]
                readinessProbe:
                  httpGet: {port: 80, path: /, scheme: HTTP}
                  timeoutSeconds: 1
                  periodSeconds: 10
                  successThreshold: 1
                  failureThreshold: 3
                resources:
                  limits: {cpu: 100m, memory: 64Mi}
                  requests: {cpu: 100m, memory: 64Mi}
                terminationMessagePath: /dev/termination-log
                terminationMessagePolicy: File
              - name: side
                image: registry.local:5000/side
                imagePullPolicy: Always
                resources: {}
                terminationMessagePath: /dev/termination-log
                terminationMessagePolicy: File
              volumes:
              - {name: scratch, emptyDir: {}}
              - {name: settings, configMap: {name: web, defaultMode: 420}}
              restartPolicy: Always
              terminationGracePeriodSeconds: 30
              dnsPolicy: ClusterFirst
              securityContext: {}
              schedulerName: default-scheduler
              enableServiceLinks: true
              tolerations:
              - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
              - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
            status: {phase: Pending, qosClass: Burstable}
            """)
        #expect(output == expected.document)
    }

    @Test func deployment() async throws {
        let output = try await created(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: web, image: "nginx:latest"}]}
            """)
        let expected = try object(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: default, generation: 1}
            spec:
              replicas: 1
              selector: {matchLabels: {app: web}}
              strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 25%, maxSurge: 25%}}
              revisionHistoryLimit: 10
              progressDeadlineSeconds: 600
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                  - name: web
                    image: nginx:latest
                    imagePullPolicy: Always
                    resources: {}
                    terminationMessagePath: /dev/termination-log
                    terminationMessagePolicy: File
                  restartPolicy: Always
                  terminationGracePeriodSeconds: 30
                  dnsPolicy: ClusterFirst
                  securityContext: {}
                  schedulerName: default-scheduler
            status: {}
            """)
        #expect(output == expected.document)
    }

    @Test func service() async throws {
        var output = try await created(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}, {name: dns, port: 53, protocol: UDP, nodePort: 30053}]}
            """.replacing(", ports: [{port: 80}", with: ", ports: [{name: http, port: 80}"))
        let address = try #require(output.at("spec", "clusterIP")?.string)
        #expect(IPv4Address(address) != nil)
        #expect(output.at("spec", "clusterIPs") == [.string(address)])
        var ports = try #require(output.at("spec", "ports")?.array)
        let nodePort = try #require(ports[0]["nodePort"]?.int)
        #expect((30_086...32_767).contains(nodePort))
        ports[0]["nodePort"] = nil
        output.set("spec", "ports", to: .array(ports))
        output.set("spec", "clusterIP", to: nil)
        output.set("spec", "clusterIPs", to: nil)
        let expected = try object(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: default}
            spec:
              type: NodePort
              selector: {app: web}
              sessionAffinity: None
              externalTrafficPolicy: Cluster
              internalTrafficPolicy: Cluster
              ipFamilies: [IPv4]
              ipFamilyPolicy: SingleStack
              ports:
              - {name: http, port: 80, targetPort: 80, protocol: TCP}
              - {name: dns, port: 53, targetPort: 53, protocol: UDP, nodePort: 30053}
            status: {loadBalancer: {}}
            """)
        #expect(output == expected.document)
    }

    @Test func whatIsNullIsLeftOut() async throws {
        let output = try await created(
            """
            {apiVersion: v1, kind: ConfigMap, metadata: {name: a, creationTimestamp: null, labels: {a: b, c: null}}, data: null}
            """)
        let expected = try object(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: default, labels: {a: b}}}")
        #expect(output == expected.document)
    }

    @Test func namespace() async throws {
        let output = try await created("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}")
        let expected = try object(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop, labels: {kubernetes.io/metadata.name: shop}}
            spec: {finalizers: [kubernetes]}
            status: {phase: Active}
            """)
        #expect(output == expected.document)
    }

    @Test(arguments: [
        ("nginx", true), ("nginx:latest", true), ("nginx:1.27", false), ("local:5000/nginx", true),
        ("local:5000/nginx:2", false), ("nginx@sha256:0011", false),
    ])
    func imagesWithoutAFixedTagArePulledAlways(image: String, isAlways: Bool) {
        #expect(PodDefaults.pullsAlways(image) == isAlways)
    }

    @Test(arguments: [
        ("{}", "BestEffort"), ("{limits: {cpu: 1, memory: 1Gi}}", "Guaranteed"),
        ("{limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 1000m}}", "Guaranteed"),
        ("{requests: {cpu: 100m}}", "Burstable"), ("{limits: {memory: 1Gi}}", "Burstable"),
    ])
    func qualityOfServiceFollowsFromResources(resources: String, expected: String) async throws {
        let output = try await created(
            """
            {apiVersion: v1, kind: Pod, metadata: {name: a},
             spec: {containers: [{name: a, image: a, resources: \(resources)}]}}
            """)
        #expect(output.at("status", "qosClass")?.string == expected)
    }

    @Test func defaultsAreStable() async throws {
        let cluster = try TestCluster()
        let created = try await cluster.client.create(.pods, Self.pod)
        var again = created
        PodStrategy().applyDefaults(to: &again)
        #expect(again == created)
    }

    private static let pod = APIServerTests.pod("web")
}
