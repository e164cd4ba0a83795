import Terminal
import Testing

@Suite struct GetTests {
    private func bench() async throws -> Bench {
        let bench = try Bench()
        try await bench.node("node-1")
        try await bench.run("run web --image=busybox --labels=app=web,tier=front")
        try await bench.start("web")
        try await bench.run("run db --image=redis:7 --labels=app=db --port=6379")
        try await bench.run("create deployment api --image=busybox --replicas=2 -- sleep 1d")
        try await bench.run("create service clusterip web --tcp=80:8080 --clusterip=10.96.0.80")
        bench.time.advance(by: .seconds(65))
        return bench
    }

    @Test func tables() async throws {
        let golden = Golden("get-tables", try await bench())
        for line in [
            "get pods", "get pod web", "get pods -o wide", "get po,svc", "get all", "get pod/web deploy/api",
            "get pods --show-labels", "get pods -L app -L tier", "get pods -l app=web", "get pods -l 'app in (web,db)'",
            "get pods --field-selector status.phase=Running", "get pods -A", "get deploy -A", "get nodes",
            "get nodes -A", "get ns", "get pods --no-headers", "get pods --sort-by .metadata.name",
            "get pods --sort-by {.spec.containers[0].image}", "get cm", "get cm -A", "get pods nope --ignore-not-found",
            "get pod web --show-kind", "get ns,cm -n kube-system", "get cm,deploy,svc -n kube-system",
        ] { try await golden.run(line) }
        try golden.check()
    }

    @Test func formats() async throws {
        let golden = Golden("get-formats", try await bench())
        for line in [
            "get pod web -o yaml", "get svc web -o json", "get pods -o name", "get pod web db -o name",
            "get pods -o jsonpath={.items[*].metadata.name}", "get pod web -o jsonpath='{.status.podIP}{\"\\n\"}'",
            "get pods -o jsonpath='{range .items[*]}{.metadata.name}{\"\\t\"}{.status.phase}{\"\\n\"}{end}'",
            "get pods -o jsonpath-as-json={.items[*].metadata.name}",
            "get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image,NODE:.spec.nodeName",
            "get pods -o custom-columns=NAME:.metadata.name --no-headers",
            "get pods -o go-template='{{range .items}}{{.metadata.name}} {{end}}'", "get cm -o yaml -n kube-public",
        ] { try await golden.run(line) }
        try golden.check()
    }

    @Test func errors() async throws {
        let golden = Golden("get-errors", try await bench())
        for line in [
            "get pod wbe", "get pod wbe db nope", "get pdos", "get deployment.app", "get", "get pods -o yml",
            "get pods web -A", "get pods -l app=web web", "get pod/web svc", "get pods -o jsonpath={.items[",
            "get pods --foo",
            "get pods --sort", "get pods -Z", "gte pods", "get pods -n nowhere", "get -f nope.yaml",
            "get pods --sort-by .spec.nope", "get pods -o custom-columns=A", "get pods --context other", "get pods -o",
            "get pods -l 'a==='", "get pods,svc -w", "get nodes -n kube-system nope",
        ] { try await golden.run(line) }
        try golden.check()
    }

    @Test func namesInAnotherNamespaceAreHintedAt() async throws {
        let bench = try await bench()
        try await bench.run("create namespace dev")
        try await bench.run("run far --image=busybox -n dev")
        let result = try await bench.run("get pod far", language: .korean)
        #expect(result.error.hasPrefix("Error from server (NotFound): pods \"far\" not found\n"))
        #expect(result.error.contains("-n dev"))
        #expect(result.status == 1)
    }
}
