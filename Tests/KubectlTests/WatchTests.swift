import KubernetesAPI
import Terminal
import Testing

@Suite struct WatchTests {
    @Test func rowsComeAsTheyChangeInTheSameColumns() async throws {
        let bench = try Bench()
        try await bench.node("node-1")
        try await bench.run("run web --image=busybox")
        let watch = try LiveCall(bench, "get pods -w")
        _ = await watch.lines(2)
        bench.time.advance(by: .seconds(5))
        try await bench.start("web")
        // A longer name widens the column from here on, as kubectl does.
        try await bench.run("run a-longer-name --image=busybox")
        try await bench.run("delete pod a-longer-name")
        // Scheduled, running, added, deleted.
        let lines = await watch.lines(6)
        #expect(
            lines == [
                "NAME   READY   STATUS    RESTARTS   AGE",
                "web    0/1     Pending   0          0s",
                "web    0/1     Pending   0          5s",
                "web    1/1     Running   0          5s",
                "a-longer-name   0/1     Pending   0          0s",
                "a-longer-name   0/1     Pending   0          0s",
            ])
        let (status, after) = await watch.interrupt()
        #expect(status == 130)
        #expect(after < .seconds(1))
    }

    @Test func eventsCanBeNamed() async throws {
        let bench = try Bench()
        let watch = try LiveCall(bench, "get cm -w --output-watch-events")
        try await bench.run("create cm one")
        #expect(await watch.lines(2) == ["EVENT   NAME   DATA   AGE", "ADDED   one    0      0s"])
        _ = await watch.interrupt()
    }

    @Test func otherFormatsAreDocuments() async throws {
        let bench = try Bench()
        try await bench.run("create cm one")
        let watch = try LiveCall(bench, "get cm -w -o name")
        try await bench.run("create cm two")
        try await bench.run("label cm two a=b")
        #expect(await watch.lines(3) == ["configmap/one", "configmap/two", "configmap/two"])
        _ = await watch.interrupt()
    }

    @Test(arguments: [
        "rollout status deploy/web", "wait --for=condition=Ready pod/box --timeout=5m", "wait --for=delete pod/box",
        "logs -f box", "events -w", "exec box -- sleep 60",
    ])
    func waitingEndsAtOnceWhenInterrupted(_ line: String) async throws {
        let bench = try Bench()
        try await bench.node("node-1")
        try await bench.run("create deployment web --image=busybox")
        try await bench.run("run box --image=busybox")
        try await bench.start("box", isReady: false)
        let call = try LiveCall(bench, line)
        try await Task.sleep(for: .milliseconds(50))
        let (status, after) = await call.interrupt()
        #expect(status == 130)
        #expect(after < .seconds(1))
    }

    @Test func rolloutStatusFollowsToTheEnd() async throws {
        let bench = try Bench()
        try await bench.run("create deployment web --image=busybox --replicas=2")
        let call = try LiveCall(bench, "rollout status deployment/web")
        _ = await call.lines(1)
        try await bench.setStatus(.deployments, "web", "{observedGeneration: 1, replicas: 1, updatedReplicas: 1}")
        _ = await call.lines(2)
        try await bench.setStatus(
            .deployments, "web",
            "{observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 1}")
        _ = await call.lines(3)
        try await bench.setStatus(
            .deployments, "web",
            "{observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2}")
        #expect(
            await call.lines(4) == [
                "Waiting for deployment spec update to be observed...",
                "Waiting for deployment \"web\" rollout to finish: 1 out of 2 new replicas have been updated...",
                "Waiting for deployment \"web\" rollout to finish: 1 of 2 updated replicas are available...",
                "deployment \"web\" successfully rolled out",
            ])
        #expect(await call.status == 0)
    }

    @Test func waitSeesConditionsFieldsAndAbsence() async throws {
        let bench = try Bench()
        try await bench.node("node-1")
        try await bench.run("run web --image=busybox")
        let ready = try LiveCall(bench, "wait --for=condition=Ready pod/web")
        let running = try LiveCall(bench, "wait --for=jsonpath='{.status.phase}'=Running pod/web")
        let gone = try LiveCall(bench, "wait --for=delete pod/web --timeout=20s")
        try await bench.start("web")
        #expect(await ready.lines(1) == ["pod/web condition met"])
        #expect(await running.lines(1) == ["pod/web condition met"])
        try await bench.run("delete pod web --force")
        #expect(await gone.lines(1) == ["pod/web condition met"])
        #expect(await gone.status == 0)
        let late = try await bench.run("wait --for=condition=Ready pod/web")
        #expect(late.error.hasPrefix("Error from server (NotFound): pods \"web\" not found"))
    }

    @Test func waitGivesUpInTime() async throws {
        let bench = try Bench()
        try await bench.run("run web --image=busybox")
        let result = try await bench.run("wait --for=condition=Ready pod/web --timeout=100ms")
        #expect(result.error.hasPrefix("error: timed out waiting for the condition on pods/web\n"))
        #expect(result.status == 1)
        #expect(
            try await bench.run("wait --for=Ready pod/web").error.hasPrefix("error: unrecognized condition: \"Ready\""))
    }
}
