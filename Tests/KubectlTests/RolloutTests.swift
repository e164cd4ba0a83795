import Documents
import KubernetesAPI
import Testing

@Suite struct RolloutTests {
    /// A Deployment in its third revision, with the ReplicaSets its controller would have made.
    private func bench() async throws -> Bench {
        let bench = try Bench()
        try await bench.run("create deployment web --image=busybox:3 --replicas=2")
        for revision in 1...3 {
            let deployment = try await bench.client.get(.deployments, namespace: "default", name: "web")
            var set = KubernetesObject(.replicaSets, namespace: "default", name: "web-\(revision)")
            set.labels = ["app": "web", "pod-template-hash": "h\(revision)"]
            set.annotations = ["deployment.kubernetes.io/revision": "\(revision)"]
            if revision == 2 { set.annotations["kubernetes.io/change-cause"] = "the second" }
            set.ownerReferences = [OwnerReference(controller: deployment)]
            var template = deployment.spec["template"] ?? [:]
            template.set("metadata", "labels", "pod-template-hash", to: .string("h\(revision)"))
            let container = template.at("spec", "containers")?[0] ?? [:]
            var changed = container
            changed["image"] = .string("busybox:\(revision)")
            template.set("spec", "containers", to: [changed])
            set.spec = [
                "replicas": .integer(revision == 3 ? 2 : 0),
                "selector": ["matchLabels": ["app": "web", "pod-template-hash": .string("h\(revision)")]],
                "template": template,
            ]
            _ = try await bench.client.create(.replicaSets, set)
        }
        return bench
    }

    private func image(_ bench: Bench) async throws -> String {
        try await bench.run("get deploy web -o jsonpath={.spec.template.spec.containers[0].image}").output
    }

    @Test func session() async throws {
        let bench = try await bench()
        let golden = Golden("rollout", bench)
        for line in [
            "rollout history deployment/web", "rollout history deploy web --revision=2",
            "rollout history deploy web --revision=9",
            "rollout pause deploy/web", "rollout pause deploy/web", "rollout undo deploy/web",
            "rollout restart deploy/web",
            "rollout resume deploy/web", "rollout resume deploy/web", "rollout undo deploy/web --dry-run=client",
            "rollout restart deploy/web", "rollout restart deploy/web", "rollout undo deploy/nope",
            "rollout undo pod/x",
            "rollout undo deploy/web --to-revision=9", "rollout statsu deploy/web", "describe deploy web",
        ] { try await golden.run(line) }
        try golden.check()
    }

    @Test func undoGoesBackToTheTemplateOfARevision() async throws {
        let bench = try await bench()
        #expect(try await bench.run("rollout undo deployment/web").output == "deployment.apps/web rolled back\n")
        #expect(try await image(bench) == "busybox:2")
        let cause = try await bench.run(
            "get deploy web -o jsonpath='{.metadata.annotations.kubernetes\\.io/change-cause}'")
        #expect(cause.output == "the second")
        let labels = try await bench.run("get deploy web -o jsonpath={.spec.template.metadata.labels}")
        #expect(labels.output == "{\"app\":\"web\"}")
        #expect(try await bench.run("rollout undo deploy/web --to-revision=1").status == 0)
        #expect(try await image(bench) == "busybox:1")
        let again = try await bench.run("rollout undo deploy/web --to-revision=1")
        #expect(
            again.output
                == "deployment.apps/web skipped rollback (current template already matches revision 1)\n")
    }

    @Test func aDeadlineIsAnError() async throws {
        let bench = try await bench()
        try await bench.setStatus(
            .deployments, "web",
            "{observedGeneration: 1, conditions: [{type: Progressing, status: \"False\", reason: ProgressDeadlineExceeded}]}"
        )
        let result = try await bench.run("rollout status deploy/web")
        #expect(result.error.hasPrefix("error: deployment \"web\" exceeded its progress deadline\n→ "))
        #expect(result.status == 1)
        let late = try await bench.run("scale deploy/web --replicas=3 --timeout=50ms")
        #expect(late.error == "error: timed out waiting for \"web\" to be synced\n")
    }
}
