import APIServer
import ContainerRuntime
import Documents
import KubernetesAPI
import Testing

@testable import Kubelet

@Suite(.timeLimit(.minutes(1))) struct KubeletLifecycleTests {
    @Test func theNodeRegistersAndRenews() async throws {
        try await TestNode.run { node in
            let object = try await node.client.get(.nodes, namespace: nil, name: "node-1")
            #expect(object.isConditionTrue("Ready"))
            #expect(object.labels["kubernetes.io/hostname"] == "node-1")
            #expect(object.status["nodeInfo"]?["containerRuntimeVersion"] == "kijabi://0.1.0")
            #expect(object.status["capacity"]?["cpu"]?.string.flatMap { Int($0) } ?? 0 > 0)
            func renewed() async throws -> String? {
                try await node.client.get(.leases, namespace: "kube-node-lease", name: "node-1").spec["renewTime"]?
                    .string
            }
            let before = try await renewed()
            try await node.advance(.seconds(1), alarms: 1)
            try await node.eventually("the lease is renewed") { try await renewed() != before }
        }
    }

    @Test func aPodBecomesReadyWithTwoWrites() async throws {
        try await TestNode.run { node in
            let created = try await node.createPod(
                container: ["args": ["echo", "$(GREETING)"], "env": [["name": "GREETING", "value": "hello"]]])
            try await node.podBecomes("ready") { PodView($0).isReady }
            let pod = try await node.pod()
            #expect(PodView(pod).phase == "Running")
            #expect(pod.status["podIP"]?.string?.hasPrefix("10.244.1.") == true)
            #expect(pod.status["hostIP"] == "10.89.0.11")
            #expect(pod.main["restartCount"] == 0)
            #expect(pod.main["ready"] == true)
            #expect(pod.main["started"] == true)
            #expect(pod.main["containerID"]?.string?.hasPrefix("kijabi://container-") == true)
            for condition in ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady"] {
                #expect(pod.isConditionTrue(condition), "\(condition)")
            }
            #expect(pod.generation == created.generation, "the status is written, not the spec")
            let writes = try node.server.history(.pods).filter { $0.cause == "kubelet/node-1" }
            #expect(writes.count == 2)
            #expect(await node.runtime.configuration("main")?.command == ["echo", "hello"])
            try await node.eventually("events are told") { try await !node.events("Started").isEmpty }
            #expect(try await node.events("Pulled") == ["Container image \"busybox\" already present on machine"])
            #expect(try await node.events("Created") == ["Created container: main"])
            #expect(try await node.events("Started") == ["Started container main"])
        }
    }

    @Test func aCrashLoopBacksOff() async throws {
        try await TestNode.run { node in
            await node.runtime.program("main", .exit(3))
            try await node.createPod()
            try await node.podBecomes("waits") { $0.waitingReason == "CrashLoopBackOff" }
            var pod = try await node.pod()
            #expect(pod.main["restartCount"] == 1, "the first restart is at once")
            #expect(pod.main.at("lastState", "terminated", "exitCode") == 3)
            #expect(pod.main.at("lastState", "terminated", "reason") == "Error")
            #expect(
                pod.main.at("state", "waiting", "message")?.string
                    == "back-off 10s restarting failed container=main pod=web_default(\(pod.uid))")
            #expect(PodView(pod).phase == "Running")
            await node.runtime.program("main", .run)
            try await node.advance(.seconds(10), alarms: 2)
            try await node.podBecomes("runs again") { PodView($0).isReady }
            pod = try await node.pod()
            #expect(pod.main["restartCount"] == 2)
            #expect(await node.runtime.count("start main") == 3)
            try await node.eventually("told") { try await !node.events("BackOff").isEmpty }
        }
    }

    @Test func aProgramThatDoesNotExistIsShown() async throws {
        try await TestNode.run { node in
            await node.runtime.program("main", .fail(.commandNotFound("nope")))
            try await node.createPod()
            try await node.podBecomes("shown") { $0.waitingReason == "RunContainerError" }
            let pod = try await node.pod()
            #expect(
                pod.main.at("state", "waiting", "message") == "exec: \"nope\": executable file not found in $PATH")
            #expect(pod.main.at("lastState", "terminated", "reason") == "StartError")
            try await node.advance(.seconds(2), alarms: 2)
            try await node.podBecomes("waits") { $0.waitingReason == "CrashLoopBackOff" }
        }
    }

    @Test(arguments: [(0, "Succeeded"), (7, "Failed")] as [(Int32, String)])
    func aJobEnds(code: Int32, phase: String) async throws {
        try await TestNode.run { node in
            await node.runtime.program("main", .exit(code))
            try await node.createPod(["restartPolicy": "Never"])
            try await node.podBecomes("over") { PodView($0).phase == phase }
            #expect(try await node.pod().main.at("state", "terminated", "exitCode") == .integer(Int(code)))
            #expect(try await node.pod().condition("Ready")?.status == .no)
            try await node.eventually("its network is released") {
                await node.runtime.calls.contains { $0.hasPrefix("stop sandbox-") }
            }
            #expect(await node.runtime.count("start main") == 1)
        }
    }

    @Test func anImageThatIsNotThereIsWaitedFor() async throws {
        try await TestNode.run { node in
            try await node.createPod(container: ["image": "nginx:9", "imagePullPolicy": "IfNotPresent"])
            try await node.podBecomes("fails") { $0.waitingReason == "ErrImagePull" }
            try await node.advance(.seconds(2), alarms: 2)
            try await node.podBecomes("waits") { $0.waitingReason == "ImagePullBackOff" }
            await node.runtime.offer("nginx:9")
            try await node.advance(.seconds(8), alarms: 2)
            try await node.podBecomes("ready") { PodView($0).isReady }
        }
    }

    @Test func aMissingConfigMapStopsTheContainerUntilItComes() async throws {
        try await TestNode.run { node in
            try await node.createPod(container: ["envFrom": [["configMapRef": ["name": "settings"]]]])
            try await node.podBecomes("waits") { $0.waitingReason == "CreateContainerConfigError" }
            #expect(try await node.pod().main.at("state", "waiting", "message") == "configmap \"settings\" not found")
            var map = KubernetesObject(.configMaps, namespace: "default", name: "settings")
            map.document["data"] = ["COLOUR": "blue"]
            _ = try await node.client.create(.configMaps, map)
            try await node.podBecomes("ready without a turn of the clock") { PodView($0).isReady }
            #expect(await node.runtime.configuration("main")?.environment.contains("COLOUR=blue") == true)
        }
    }

    @Test func deletionIsGraceful() async throws {
        try await TestNode.run { node in
            await node.runtime.program("main", .stubborn)
            try await node.createPod(
                ["volumes": [["name": "scratch", "emptyDir": [:]]]],
                container: ["volumeMounts": [["name": "scratch", "mountPath": "/scratch"]]])
            try await node.podBecomes("ready") { PodView($0).isReady }
            let mounts = await node.runtime.configuration("main")?.mounts
            #expect(mounts == [Mount(source: .sandbox(name: "scratch"), target: "/scratch")])
            _ = try await node.client.delete(
                .pods, namespace: "default", name: "web", DeleteOptions(gracePeriodSeconds: 5))
            try await node.eventually("asked to stop") { await node.runtime.stopGraces == [.seconds(5)] }
            #expect(try await node.pod().isBeingDeleted, "it is still there while it ends")
            await node.runtime.end("main", 137)
            try await node.eventually("gone") {
                try await node.client.list(.pods, namespace: "default").items.isEmpty
            }
            #expect(await node.runtime.sandboxes().isEmpty)
            try await node.eventually("told") { try await node.events("Killing") == ["Stopping container main"] }
        }
    }

    @Test func aPodThatIsForcedAwayIsTornDown() async throws {
        try await TestNode.run { node in
            try await node.createPod()
            try await node.podBecomes("ready") { PodView($0).isReady }
            _ = try await node.client.delete(
                .pods, namespace: "default", name: "web", DeleteOptions(gracePeriodSeconds: 0))
            try await node.eventually("nothing is left") { await node.runtime.sandboxes().isEmpty }
        }
    }

    @Test func aNodeThatFallsAndRisesRunsItsPodsAgain() async throws {
        try await TestNode.run { node in
            await node.runtime.program("prepare", .exit(0))
            try await node.createPod(["initContainers": [["name": "prepare", "image": "busybox"]]])
            try await node.podBecomes("ready") { PodView($0).isReady }
            await node.kubelet.stop()
            #expect(await node.runtime.running("main") == nil)
            #expect(PodView(try await node.pod()).isReady, "a dead node says nothing")
            try await node.kubelet.start()
            try await node.podBecomes("again") { PodView($0).restartCount == 1 && PodView($0).isReady }
            #expect(try await node.pod().main.at("lastState", "terminated", "exitCode") == 137)
            #expect(await node.runtime.count("start prepare") == 2, "a new sandbox is prepared anew")
        }
    }

    @Test func aNewKubeletAdoptsWhatRunsAndRemovesWhatNobodyWants() async throws {
        try await TestNode.run { node in
            try await node.createPod()
            try await node.podBecomes("ready") { PodView($0).isReady }
            let labels = ["kijabi.node": "node-1", "io.kubernetes.pod.uid": "nobody"]
            _ = await node.runtime.runSandbox(
                SandboxConfiguration(name: "orphan", hostname: "orphan", network: .none, labels: labels))
            await node.kubelet.detach()
            #expect(await node.runtime.running("main") != nil)
            let other = try TestNode.secondKubelet(of: node)
            try await other.start()
            try await node.eventually("the orphan is removed") { await node.runtime.sandboxes().count == 1 }
            #expect(await node.runtime.count("start main") == 1)
            await node.runtime.end("main", 1)
            try await node.podBecomes("looked after by the new one") {
                PodView($0).restartCount == 1 && PodView($0).isReady
            }
            await other.stop()
        }
    }

    @Test func logsAndExecReachTheContainer() async throws {
        try await TestNode.run { node in
            await node.runtime.answerExec("true", 0)
            try await node.createPod()
            try await node.podBecomes("ready") { PodView($0).isReady }
            let pod = try await node.pod()
            var lines: [String] = []
            for await bytes in try await node.kubelet.podLogs(pod, PodLogOptions(timestamps: true)) {
                lines.append(String(decoding: bytes, as: UTF8.self))
            }
            #expect(lines == ["1970-01-01T00:00:01.000000000Z log of container-2\n"])
            await #expect(throws: Status.self) { try await node.kubelet.podLogs(pod, PodLogOptions(previous: true)) }
            let session = try await node.kubelet.podExec(pod, PodExecOptions(command: ["true"]))
            #expect(try await session.wait() == 0)
            await #expect(throws: Status.self) {
                try await node.kubelet.podExec(pod, PodExecOptions(container: "other", command: ["true"]))
            }
        }
    }
}
