import Documents
import KubernetesAPI
import Terminal
import Testing

@Suite struct ApplyTests {
    private func deployment(replicas: Int?, image: String = "busybox", extra: String = "") -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {tier: front\(extra)}}
        spec:
          \(replicas.map { "replicas: \($0)" } ?? "minReadySeconds: 0")
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "\(image)"}]
        """
    }

    private func web(_ bench: Bench) async throws -> KubernetesObject {
        try await bench.client.get(.deployments, namespace: "default", name: "web")
    }

    @Test func createsThenLeavesThenChanges() async throws {
        let bench = try Bench()
        bench.files["web.yaml"] = deployment(replicas: 2)
        #expect(try await bench.run("apply -f web.yaml").output == "deployment.apps/web created\n")
        #expect(try await bench.run("apply -f web.yaml").output == "deployment.apps/web unchanged\n")
        bench.files["web.yaml"] = deployment(replicas: 3)
        #expect(try await bench.run("apply -f web.yaml").output == "deployment.apps/web configured\n")
        #expect(try await web(bench).spec["replicas"]?.int == 3)
    }

    @Test func whatOthersSetStaysAndWhatTheManifestDropsGoes() async throws {
        let bench = try Bench()
        bench.files["web.yaml"] = deployment(replicas: nil, extra: ", old: one")
        try await bench.run("apply -f web.yaml")
        // Somebody scales, labels, and adds a second container.
        try await bench.run("scale deploy web --replicas=5")
        try await bench.run("label deploy web other=theirs")
        try await bench.run(
            "patch deploy web -p '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"side\",\"image\":\"redis:7\"}]}}}}'"
        )
        bench.files["web.yaml"] = deployment(replicas: nil, image: "busybox:1.36")
        #expect(try await bench.run("apply -f web.yaml").output == "deployment.apps/web configured\n")
        let object = try await web(bench)
        #expect(object.spec["replicas"]?.int == 5)
        #expect(object.labels == ["tier": "front", "other": "theirs"])
        let containers = object.document.at("spec", "template", "spec", "containers")?.array ?? []
        let images = Set(containers.compactMap { $0["image"]?.string })
        #expect(images == ["busybox:1.36", "redis:7"])
    }

    @Test func ofImperativeObjectsWarnsOnce() async throws {
        let bench = try Bench()
        bench.files["web.yaml"] = deployment(replicas: 1)
        try await bench.run("create -f web.yaml")
        let first = try await bench.run("apply -f web.yaml")
        #expect(
            first.error.hasPrefix("Warning: resource deployments/web is missing the kubectl.kubernetes.io/last-applied")
        )
        #expect(first.output == "deployment.apps/web configured\n")
        let second = try await bench.run("apply -f web.yaml")
        #expect(second.error.isEmpty)
        #expect(second.output == "deployment.apps/web unchanged\n")
    }

    @Test func streamsListsAndDirectories() async throws {
        let bench = try Bench()
        let map = { (name: String) in "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \(name)}\n" }
        let piped = try await bench.run("apply -f -", input: map("a") + "---\n" + map("b") + "---\n")
        #expect(piped.output == "configmap/a created\nconfigmap/b created\n")
        bench.files["all/c.yaml"] = map("c")
        bench.files["all/note.txt"] = "not a manifest"
        bench.files["all/deep/d.yml"] = map("d")
        #expect(try await bench.run("apply -f all").output == "configmap/c created\n")
        #expect(try await bench.run("apply -Rf all").output == "configmap/c unchanged\nconfigmap/d created\n")
        let list =
            "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"e\"}}]}"
        #expect(try await bench.run("apply -f -", input: list).output == "configmap/e created\n")
    }

    @Test func dryRunsChangeNothing() async throws {
        let bench = try Bench()
        bench.files["web.yaml"] = deployment(replicas: 2)
        #expect(
            try await bench.run("apply -f web.yaml --dry-run=client").output
                == "deployment.apps/web created (dry run)\n")
        #expect(
            try await bench.run("apply -f web.yaml --dry-run=server").output
                == "deployment.apps/web created (server dry run)\n")
        #expect(try await bench.run("get deploy -o name").output.isEmpty)
    }

    @Test func oneBadDocumentDoesNotStopTheOthers() async throws {
        let bench = try Bench()
        bench.files["x.yaml"] =
            "apiVersion: v1\nkind: Nothing\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"
        let result = try await bench.run("apply -f x.yaml")
        #expect(result.output == "configmap/b created\n")
        #expect(result.error.contains("no matches for kind \"Nothing\" in version \"v1\""))
        #expect(result.status == 1)
    }

    @Test func whatIsNotDoneIsRefused() async throws {
        let bench = try Bench()
        bench.files["web.yaml"] = deployment(replicas: 2)
        let result = try await bench.run("apply -f web.yaml --server-side", language: .korean)
        #expect(result.error.hasPrefix("error: --server-side is not supported here\n→ "))
        #expect(result.status == 1)
        #expect(try await bench.run("apply").error.hasPrefix("error: must specify one of -f and -k\n"))
    }
}
