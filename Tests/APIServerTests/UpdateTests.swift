import Documents
import KubernetesAPI
import Testing

@testable import APIServer

private func deployment(_ name: String = "web") throws -> KubernetesObject {
    try object(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: \(name), namespace: default}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "nginx:1", env: [{name: A, value: "1"}]}]}
        """)
}

@Suite struct UpdateTests {
    @Test func aStaleRevisionIsAConflict() async throws {
        let cluster = try TestCluster()
        let created = try await cluster.client.create(
            .configMaps, KubernetesObject(.configMaps, namespace: "default", name: "a"))
        var first = created
        first.labels["n"] = "1"
        _ = try await cluster.client.update(.configMaps, first)
        var second = created
        second.labels["n"] = "2"
        let conflict = try await status { [second] in _ = try await cluster.client.update(.configMaps, second) }
        #expect(conflict.reason == .conflict)
        #expect(
            conflict.message
                == "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your "
                + "changes to the latest version and try again")
        second.resourceVersion = ""
        #expect(try await cluster.client.update(.configMaps, second).labels["n"] == "2")
    }

    @Test func concurrentPatchesAllArrive() async throws {
        let cluster = try TestCluster()
        _ = try await cluster.client.create(.configMaps, KubernetesObject(.configMaps, namespace: "default", name: "a"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    _ = try await cluster.client.patch(
                        .configMaps, namespace: "default", name: "a", .merge(["data": ["k\(number)": "v"]]),
                        subresource: nil, WriteOptions())
                }
            }
            try await group.waitForAll()
        }
        let result = try await cluster.client.get(.configMaps, namespace: "default", name: "a")
        #expect(result.document["data"]?.object?.count == 200)
    }

    @Test func ofConcurrentUpdatesOfOneRevisionExactlyOneWins() async throws {
        let cluster = try TestCluster()
        let created = try await cluster.client.create(
            .configMaps, KubernetesObject(.configMaps, namespace: "default", name: "a"))
        let winners = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask {
                    var changed = created
                    changed.labels["n"] = "\(number)"
                    return (try? await cluster.client.update(.configMaps, changed)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }

    @Test func whatChangesNothingMakesNoRevision() async throws {
        let cluster = try TestCluster()
        let created = try await cluster.client.create(.deployments, try deployment())
        let again = try await cluster.client.update(.deployments, try deployment())
        #expect(again == created)
        #expect(cluster.server.currentRevision == Int(created.resourceVersion))
    }

    @Test func generationCountsWhatIsDesiredOnly() async throws {
        let cluster = try TestCluster()
        var web = try await cluster.client.create(.deployments, try deployment())
        #expect(web.generation == 1)
        web.labels["tier"] = "front"
        web = try await cluster.client.update(.deployments, web)
        #expect(web.generation == 1)
        web.status["readyReplicas"] = 0
        web.status["replicas"] = 1
        web = try await cluster.client.update(.deployments, web, subresource: .status)
        #expect(web.generation == 1)
        web.spec["replicas"] = 3
        web = try await cluster.client.update(.deployments, web)
        #expect(web.generation == 2)
    }

    @Test func statusAndSpecAreWrittenApart() async throws {
        let cluster = try TestCluster()
        var web = try await cluster.client.create(.deployments, try deployment())
        web.status["replicas"] = 5
        web.spec["replicas"] = 2
        let main = try await cluster.client.update(.deployments, web)
        #expect(main.status == [:] && main.spec["replicas"] == 2)
        var report = main
        report.status["replicas"] = 4
        report.spec["replicas"] = 9
        let status = try await cluster.client.update(.deployments, report, subresource: .status)
        #expect(status.status["replicas"] == 4 && status.spec["replicas"] == 2)
    }

    @Test func aPodsSpecStaysAsItIs() async throws {
        let cluster = try TestCluster()
        let created = try await cluster.client.create(.pods, pod("web"))
        var renewed = created
        renewed.spec.changeElements(of: "containers") { $0["image"] = "busybox:2" }
        let updated = try await cluster.client.update(.pods, renewed)
        #expect(updated.spec.at("containers")?[0]?["image"] == "busybox:2")
        var moved = updated
        moved.spec["hostNetwork"] = true
        let refusal = try await status { [moved] in _ = try await cluster.client.update(.pods, moved) }
        #expect(refusal.reason == .invalid)
        #expect(
            refusal.message
                == "Pod \"web\" is invalid: spec: Forbidden: pod updates may not change fields other than "
                + "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
                + "`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` "
                + "(allow it to be set to 1 if it was previously negative)\n+ hostNetwork: true")
    }

    @Test func aSelectorIsForEver() async throws {
        let cluster = try TestCluster()
        var web = try await cluster.client.create(.deployments, try deployment())
        web.spec["selector"] = ["matchLabels": ["app": "web", "x": "y"]]
        web.spec["template", default: [:]]["metadata"] = ["labels": ["app": "web", "x": "y"]]
        let refusal = try await status { [web] in _ = try await cluster.client.update(.deployments, web) }
        #expect(
            refusal.message
                == "Deployment.apps \"web\" is invalid: spec.selector: Invalid value: "
                + "{\"matchLabels\":{\"app\":\"web\",\"x\":\"y\"}}: field is immutable")
    }

    @Test func strategicPatchesMergeListsByTheirKeys() async throws {
        let cluster = try TestCluster()
        _ = try await cluster.client.create(.deployments, try deployment())
        let patched = try await cluster.client.patch(
            .deployments, namespace: "default", name: "web",
            .strategic(
                try object(
                    """
                    spec: {template: {spec: {containers: [{name: web, image: "nginx:2", env: [{name: B, value: "2"}]},
                      {name: side, image: busybox}]}}}
                    """
                ).document), subresource: nil, WriteOptions())
        let containers = try #require(patched.spec.at("template", "spec", "containers")?.array)
        #expect(containers.count == 2)
        let web = try #require(containers.first { $0["name"] == "web" })
        #expect(web["image"] == "nginx:2")
        #expect(Set(web["env"]?.array?.compactMap { $0["name"]?.string } ?? []) == ["A", "B"])
        // What came in new is defaulted like anything else.
        #expect(containers.first { $0["name"] == "side" }?["imagePullPolicy"] == "Always")
        #expect(patched.generation == 2)
    }

    @Test func mergeAndJSONPatchesReplace() async throws {
        let cluster = try TestCluster()
        _ = try await cluster.client.create(.deployments, try deployment())
        let merged = try await cluster.client.patch(
            .deployments, namespace: "default", name: "web",
            .merge(["metadata": ["labels": ["a": "b"]], "spec": ["paused": true]]), subresource: nil, WriteOptions())
        #expect(merged.labels == ["a": "b"] && merged.spec["paused"] == true)
        let replaced = try await cluster.client.patch(
            .deployments, namespace: "default", name: "web",
            .json([
                ["op": "test", "path": "/spec/paused", "value": true],
                ["op": "replace", "path": "/spec/replicas", "value": 4], ["op": "remove", "path": "/spec/paused"],
            ]), subresource: nil, WriteOptions())
        #expect(replaced.spec["replicas"] == 4 && replaced.spec["paused"] == nil)
        let failed = try await status {
            _ = try await cluster.client.patch(
                .deployments, namespace: "default", name: "web",
                .json([["op": "test", "path": "/spec/replicas", "value": 5]]), subresource: nil, WriteOptions())
        }
        #expect(failed.reason == .invalid)
        let renamed = try await status {
            _ = try await cluster.client.patch(
                .deployments, namespace: "default", name: "web", .merge(["metadata": ["name": "other"]]),
                subresource: nil, WriteOptions())
        }
        #expect(
            renamed.message == "the name of the object (other) does not match the name on the URL (web)")
    }

    @Test func aPatchIsValidatedAndMayNameItsRevision() async throws {
        let cluster = try TestCluster()
        let web = try await cluster.client.create(.deployments, try deployment())
        func patch(_ document: JSONValue, strict: Bool = false) async throws(Status) -> KubernetesObject {
            try await cluster.client.patch(
                .deployments, namespace: "default", name: "web", .strategic(document), subresource: nil,
                WriteOptions(strictFields: strict))
        }
        let invalid = try await status { _ = try await patch(["spec": ["replicas": -2]]) }
        #expect(
            invalid.message
                == "Deployment.apps \"web\" is invalid: spec.replicas: Invalid value: -2: must be greater than or equal to 0"
        )
        let unknown = try await status { _ = try await patch(["spec": ["replica": 2]], strict: true) }
        #expect(unknown.message.hasSuffix("unknown field \"spec.replica\" (did you mean \"spec.replicas\"?)"))
        _ = try await patch(["metadata": ["resourceVersion": .string(web.resourceVersion)], "spec": ["replicas": 2]])
        let stale = try await status {
            _ = try await patch([
                "metadata": ["resourceVersion": .string(web.resourceVersion)], "spec": ["replicas": 3],
            ])
        }
        #expect(stale.reason == .conflict)
    }

    @Test func aDryRunStoresNothing() async throws {
        let cluster = try TestCluster()
        let before = cluster.server.currentRevision
        let tried = try await cluster.client.create(
            .services, namespace: "default", try object("{metadata: {name: a}, spec: {ports: [{port: 80}]}}"),
            WriteOptions(dryRun: true))
        #expect(!tried.spec.text("clusterIP").isEmpty && !tried.uid.isEmpty)
        #expect(cluster.server.currentRevision == before)
        _ = try await cluster.client.create(.pods, pod("web"))
        let revision = cluster.server.currentRevision
        _ = try await cluster.client.patch(
            .pods, namespace: "default", name: "web", .merge(["metadata": ["labels": ["a": "b"]]]), subresource: nil,
            WriteOptions(dryRun: true))
        _ = try await cluster.client.delete(.pods, namespace: "default", name: "web", DeleteOptions(dryRun: true))
        #expect(cluster.server.currentRevision == revision)
        #expect(try await cluster.client.get(.pods, namespace: "default", name: "web").labels.isEmpty)
    }

    @Test func anotherObjectOfTheSameNameIsNotTakenForIt() async throws {
        let cluster = try TestCluster()
        let first = try await cluster.client.create(.pods, pod("web"))
        _ = try await cluster.client.delete(.pods, namespace: "default", name: "web", DeleteOptions())
        let second = try await cluster.client.create(.pods, pod("web"))
        #expect(first.uid != second.uid)
        var stale = first
        stale.resourceVersion = ""
        stale.status["phase"] = "Running"
        let refusal = try await status { [stale] in
            _ = try await cluster.client.update(.pods, stale, subresource: .status)
        }
        #expect(
            refusal.message
                == "Operation cannot be fulfilled on pods \"web\": Precondition failed: UID in precondition: \(first.uid), "
                + "UID in object meta: \(second.uid)")
    }

    @Test func frozenConfigurationStaysFrozen() async throws {
        let cluster = try TestCluster()
        let created = try await cluster.client.create(
            .configMaps, try object("{metadata: {name: a, namespace: default}, immutable: true, data: {a: b}}"))
        var changed = created
        changed.document["data"] = ["a": "c"]
        let refusal = try await status { [changed] in _ = try await cluster.client.update(.configMaps, changed) }
        #expect(
            refusal.message
                == "ConfigMap \"a\" is invalid: data: Forbidden: field is immutable when `immutable` is set")
    }
}
