import Testing

/// Verbs that change things, as sessions.
@Suite struct WriteTests {
    @Test func run() async throws {
        let bench = try Bench()
        let golden = Golden("run", bench)
        for line in [
            "run web --image=busybox --dry-run=client -o yaml",
            "run web --image=busybox --port=80 --expose --env A=1 --env B=two --labels app=web --dry-run=client -o yaml -- httpd -f",
            "run web --image=busybox --command --dry-run=server -o name -- sleep 1d", "get pods",
            "run web --image=busybox",
            "run web --image=busybox", "run", "run x", "run x --image=Bad//Image", "run x --image=busybox -t",
            "run x --image=busybox --rm", "run x --image=busybox --restart=Sometimes", "run Bad_Name --image=busybox",
            "run x --image=busybox --env nope", "run x --image=busybox --expose",
            "run front --image=busybox --port=80 --expose",
        ] { try await golden.run(line) }
        try golden.check()
    }

    @Test func create() async throws {
        let bench = try Bench()
        bench.files["web.yaml"] = Self.web
        bench.files["bad.yaml"] = "apiVersion: v1\nkind: Pod\nmetadata:\n\tname: x\n"
        bench.files["kind.yaml"] = "apiVersion: apps/v1\nkind: Deploymnt\nmetadata: {name: x}\n"
        bench.files["field.yaml"] = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {contaners: []}\n"
        bench.files["empty.yaml"] = "# nothing\n"
        bench.files["bare.yaml"] = "metadata: {name: x}\n"
        bench.files["conf/a.txt"] = "alpha\n"
        bench.files["conf/b.txt"] = "beta\n"
        bench.files["env"] = "# colours\nCOLOR=blue\n"
        let golden = Golden("create", bench)
        for line in [
            "create deployment web --image=docker.io/library/nginx:1.29 --replicas=3 --port=80 --dry-run=client -o yaml",
            "create deployment api --image=busybox -- sleep 1d", "create deployment api --image=busybox",
            "create deployment",
            "create deployment x", "create deployment a b --image=busybox",
            "create configmap settings --from-literal=color=blue --from-literal=size='\"big\"' --from-file=conf --dry-run=client -o yaml",
            "create cm page --from-file=index=conf/a.txt",
            "create cm page2 --from-env-file=env -o yaml --dry-run=client",
            "create cm x --from-literal=nope", "create cm x --from-file=nope.txt", "create cm x --from-literal=a/b=1",
            "create service clusterip web --tcp=80:8080 --dry-run=client -o yaml",
            "create svc nodeport web --tcp=80 --node-port=30080",
            "create service clusterip x", "create namespace dev", "create ns dev",
            "create ns dev2 --dry-run=client -o yaml",
            "create -f web.yaml", "create -f web.yaml", "create -f bad.yaml", "create -f kind.yaml",
            "create -f field.yaml",
            "create -f empty.yaml", "create -f bare.yaml", "create -f wb.yaml", "create", "create deploymnt web",
            "create -f https://example.com/x.yaml",
            "create -f web.yaml --dry-run=sometimes",
        ] { try await golden.run(line) }
        try await golden.run(
            "create -f - --save-config",
            input: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: piped}\ndata: {a: b}\n")
        try await golden.run("get cm piped -o yaml")
        try golden.check()
    }

    @Test func change() async throws {
        let bench = try Bench()
        try await bench.node("node-1")
        try await bench.run("run web --image=busybox --labels=app=web")
        try await bench.start("web")
        try await bench.run("create deployment api --image=busybox --replicas=2")
        let golden = Golden("change", bench)
        for line in [
            "scale deploy/api --replicas=5", "scale deploy api --replicas=3 --current-replicas=2", "scale deploy api",
            "scale deploy api --replicas=-1", "scale pod web --replicas=2",
            "scale deploy/api --replicas=1 --dry-run=client",
            "get deploy api -o jsonpath={.spec.replicas}", "label pod web tier=front", "label pod web tier=back",
            "label pod web tier=back --overwrite", "label pod web tier=back", "label pod web --list",
            "label pod web tier- gone-",
            "label pods --all x=1", "label pod web", "label pod web tier", "label pod web 'tier=a b'",
            "annotate pod web note='hello there'",
            "annotate pod web note=other", "annotate pod web note-",
            "annotate pod web note=1 --dry-run=client -o jsonpath={.metadata.annotations}",
            "set image deploy/api busybox=busybox:1.36", "set image deploy/api busybox=busybox:1.36",
            "set image deploy/api nope=busybox:1.36",
            "set image deploy/api '*=redis:7'", "set image deploy/api", "set env deploy/api COLOR=blue",
            "set env deploy/api --list",
            "set env deploy/api COLOR-", "set resources deploy/api --requests=cpu=100m --limits=memory=64Mi",
            "get deploy api -o jsonpath={.spec.template.spec.containers[0]}",
            "patch deploy api -p '{\"spec\":{\"replicas\":4}}'", "patch deploy api -p 'spec: {replicas: 4}'",
            "patch deploy api --type=merge -p '{\"spec\":{\"paused\":true}}'",
            "patch deploy api --type=json -p '[{\"op\":\"remove\",\"path\":\"/spec/paused\"}]'",
            "patch deploy api --type=json -p '[{\"op\":\"remove\",\"path\":\"/spec/nope\"}]'",
            "patch deploy api -p '{\"spec\":'", "patch deploy api",
            "patch deploy api --type=other -p '{}'",
            "expose deploy api --port=80 --target-port=8080 --cluster-ip=10.96.0.80",
            "expose pod web --port=80 --name=front --dry-run=client -o yaml",
            "expose deploy api --name=x", "expose cm x --port=80", "get svc",
        ] { try await golden.run(line) }
        try golden.check()
    }

    @Test func delete() async throws {
        let bench = try Bench()
        bench.files["web.yaml"] = Self.web
        for name in ["a", "b", "c", "d", "e"] { try await bench.run("run \(name) --image=busybox --labels=group=one") }
        try await bench.run("create -f web.yaml")
        try await bench.run("create namespace dev")
        let golden = Golden("delete", bench)
        for line in [
            "delete pod a", "delete pod a", "delete pod b --force", "delete pod/c --now --wait=false",
            "delete pods -l group=none",
            "delete pods -l group=one --dry-run=client", "delete pods -l group=one", "delete -f web.yaml",
            "delete -f web.yaml --ignore-not-found",
            "delete pod", "delete pod --all -l a=b", "delete pod x --grace-period=5 --force", "delete deploy --all",
            "delete ns dev -n default --wait=false",
            "delete nothing x", "delete pod x --cascade=maybe",
        ] { try await golden.run(line) }
        try golden.check()
    }

    @Test func nodes() async throws {
        let bench = try Bench()
        for name in ["node-1", "node-2"] { try await bench.node(name) }
        try await bench.run("run web --image=busybox")
        try await bench.start("web")
        let golden = Golden("nodes", bench)
        for line in [
            "cordon node-1", "cordon node-1", "get nodes", "uncordon node-1", "uncordon node-9", "cordon",
            "taint nodes node-1 disk=slow:NoSchedule", "taint nodes node-1 disk=fast:NoSchedule",
            "taint nodes node-1 disk=fast:NoSchedule --overwrite",
            "get node node-1 -o jsonpath={.spec.taints}", "taint nodes node-1 disk-", "taint nodes node-1 disk-",
            "taint nodes node-1 disk=slow",
            "taint nodes node-1 disk=slow:NoShedule", "taint pods web a=b:NoSchedule", "drain node-1",
            "drain node-1 --force --dry-run=client",
        ] { try await golden.run(line) }
        try golden.check()
    }

    @Test func drainEvictsAndWaits() async throws {
        let bench = try Bench()
        try await bench.node("node-1")
        try await bench.run("run web --image=busybox")
        try await bench.start("web")
        let drain = try LiveCall(bench, "drain node-1 --force --grace-period=0")
        #expect(
            await drain.lines(5) == [
                "node/node-1 cordoned", "Warning: deleting Pods that declare no controller: default/web",
                "evicting pod default/web", "pod/web evicted", "node/node-1 drained",
            ])
        #expect(await drain.status == 0)
    }

    @Test func about() async throws {
        let bench = try Bench()
        let golden = Golden("about", bench)
        for line in [
            "api-resources", "api-resources -o name --namespaced=false", "api-versions", "cluster-info", "version",
            "version -o yaml",
            "config current-context", "config get-contexts", "config set-context --current --namespace=kube-public",
            "config view",
            "get pods", "config set-context --current --namespace=nowhere", "config use-context other",
            "explain pod.spec.containers.livenessProbe", "explain deploy.spec.stategy",
            "explain deploy.spec.strategy --recursive",
            "explain svc", "edit deploy web", "top pods", "rollout",
            "rollout status", "rollout status pod/web", "get --help", "rollout undo --help",
        ] { try await golden.run(line) }
        try golden.check()
    }

    private static let web = """
        apiVersion: v1
        kind: List
        items:
        - apiVersion: apps/v1
          kind: Deployment
          metadata: {name: web}
          spec:
            selector: {matchLabels: {app: web}}
            template:
              metadata: {labels: {app: web}}
              spec: {containers: [{name: web, image: busybox}]}
        - apiVersion: v1
          kind: Service
          metadata: {name: web}
          spec: {selector: {app: web}, ports: [{port: 80}]}
        """
}
