import Documents
import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct DeletionTests {
    private func delete(_ cluster: TestCluster, _ name: String, _ options: DeleteOptions = DeleteOptions())
        async throws(Status)
        -> KubernetesObject
    {
        try await cluster.client.delete(.pods, namespace: "default", name: name, options)
    }

    private func isThere(_ cluster: TestCluster, _ name: String) async -> Bool {
        (try? await cluster.client.get(.pods, namespace: "default", name: name)) != nil
    }

    @Test func whatRunsNowhereGoesAtOnce() async throws {
        let cluster = try TestCluster()
        _ = try await cluster.client.create(.pods, pod("web"))
        _ = try await delete(cluster, "web")
        #expect(await !isThere(cluster, "web"))
    }

    @Test func aRunningPodGetsItsGrace() async throws {
        let cluster = try TestCluster()
        _ = try await cluster.client.create(.pods, pod("web", node: "node-1"))
        let marked = try await delete(cluster, "web")
        #expect(marked.deletionTimestamp == (TestCluster.start + .seconds(30)).text)
        #expect(marked.metadata["deletionGracePeriodSeconds"] == 30)
        #expect(marked.generation == 2)
        // Asking again changes nothing, and a longer grace neither.
        #expect(try await delete(cluster, "web") == marked)
        #expect(try await delete(cluster, "web", DeleteOptions(gracePeriodSeconds: 60)) == marked)
        let hurried = try await delete(cluster, "web", DeleteOptions(gracePeriodSeconds: 5))
        #expect(hurried.deletionTimestamp == (TestCluster.start + .seconds(5)).text)
        #expect(await isThere(cluster, "web"))
        // What the kubelet does when it is done.
        _ = try await delete(cluster, "web", DeleteOptions(gracePeriodSeconds: 0))
        #expect(await !isThere(cluster, "web"))
    }

    @Test func aFinishedPodNeedsNoGrace() async throws {
        let cluster = try TestCluster()
        var web = try await cluster.client.create(.pods, pod("web", node: "node-1"))
        web.status["phase"] = "Succeeded"
        _ = try await cluster.client.update(.pods, web, subresource: .status)
        _ = try await delete(cluster, "web")
        #expect(await !isThere(cluster, "web"))
    }

    @Test func finalizersHold() async throws {
        let cluster = try TestCluster()
        var web = pod("web")
        web.finalizers = ["example.com/hold"]
        _ = try await cluster.client.create(.pods, web)
        let marked = try await delete(cluster, "web")
        #expect(marked.isBeingDeleted && marked.metadata["deletionGracePeriodSeconds"] == 0)
        #expect(await isThere(cluster, "web"))
        var held = marked
        held.finalizers = ["example.com/hold", "example.com/more"]
        let refusal = try await status { [held] in _ = try await cluster.client.update(.pods, held) }
        #expect(
            refusal.message
                == "Pod \"web\" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is "
                + "being deleted, found new finalizers []string{\"example.com/more\"}")
        var released = marked
        released.finalizers = []
        _ = try await cluster.client.update(.pods, released)
        #expect(await !isThere(cluster, "web"))
    }

    @Test func propagationIsToldToTheCollectorByAFinalizer() async throws {
        let cluster = try TestCluster()
        for (name, propagation, finalizer) in [
            ("a", DeleteOptions.Propagation.foreground, "foregroundDeletion"), ("b", .orphan, "orphan"),
        ] {
            _ = try await cluster.client.create(
                .replicaSets,
                try object(
                    """
                    {metadata: {name: \(name), namespace: default}, spec: {selector: {matchLabels: {a: b}},
                     template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}}}
                    """))
            let marked = try await cluster.client.delete(
                .replicaSets, namespace: "default", name: name, DeleteOptions(propagation: propagation))
            #expect(marked.finalizers == [finalizer])
            #expect(marked.isBeingDeleted)
            #expect(
                try await cluster.client.delete(.replicaSets, namespace: "default", name: name, DeleteOptions())
                    == marked)
        }
    }

    @Test func preconditionsMustHold() async throws {
        let cluster = try TestCluster()
        let web = try await cluster.client.create(.pods, pod("web"))
        let wrongIdentity = try await status {
            _ = try await delete(cluster, "web", DeleteOptions(preconditionUID: "other"))
        }
        #expect(
            wrongIdentity.message
                == "Operation cannot be fulfilled on pods \"web\": Precondition failed: UID in precondition: other, UID in "
                + "object meta: \(web.uid)")
        let stale = try await status {
            _ = try await delete(cluster, "web", DeleteOptions(preconditionResourceVersion: "1"))
        }
        #expect(stale.reason == .conflict)
        _ = try await delete(
            cluster, "web", DeleteOptions(preconditionUID: web.uid, preconditionResourceVersion: web.resourceVersion))
        let gone = try await status { _ = try await delete(cluster, "web") }
        #expect(gone.message == "pods \"web\" not found")
    }

    @Test func aNamespaceEndsInTwoSteps() async throws {
        let cluster = try TestCluster()
        let client = cluster.client
        _ = try await client.create(.namespaces, KubernetesObject(.namespaces, name: "shop"))
        let marked = try await client.delete(.namespaces, namespace: nil, name: "shop", DeleteOptions())
        #expect(marked.status["phase"] == "Terminating" && marked.isBeingDeleted)
        let refusal = try await status {
            var web = pod("web")
            web.namespace = "shop"
            _ = try await client.create(.pods, web)
        }
        #expect(
            refusal.message
                == "pods \"web\" is forbidden: unable to create new content in namespace shop because it is being terminated"
        )
        // A main update cannot take the finalizer away; the subresource can.
        var emptied = marked
        emptied.spec["finalizers"] = []
        let kept = try await client.update(.namespaces, emptied)
        #expect(kept.spec["finalizers"] == ["kubernetes"])
        emptied.resourceVersion = ""
        _ = try await client.update(.namespaces, emptied, subresource: .finalize)
        let gone = try await status { _ = try await client.get(.namespaces, namespace: nil, name: "shop") }
        #expect(gone.reason == .notFound)
    }

    @Test(arguments: ["default", "kube-system", "kube-public"])
    func theClustersOwnNamespacesStay(name: String) async throws {
        let cluster = try TestCluster()
        let refusal = try await status {
            _ = try await cluster.client.delete(.namespaces, namespace: nil, name: name, DeleteOptions())
        }
        #expect(refusal.message == "namespaces \"\(name)\" is forbidden: this namespace may not be deleted")
    }
}
