import ContainerRuntime
import Documents
import Glibc
import KubernetesAPI
import Testing

@testable import Kubelet

@Suite(.timeLimit(.minutes(1))) struct KubeletProbeTests {
    private static func exec(_ command: String, _ more: JSONValue = [:]) -> JSONValue {
        var probe: JSONValue = ["exec": ["command": [.string(command)]], "periodSeconds": 5]
        for (key, value) in more.object ?? [:] { probe[key] = value }
        return probe
    }

    @Test func readinessGatesThePod() async throws {
        try await TestNode.run { node in
            await node.runtime.answerExec("check", 1, "not yet")
            try await node.createPod(container: ["readinessProbe": Self.exec("check")])
            try await node.eventually("told") {
                try await node.events("Unhealthy") == ["Readiness probe failed: not yet"]
            }
            let pod = try await node.pod()
            #expect(PodView(pod).phase == "Running")
            #expect(!PodView(pod).isReady)
            #expect(pod.condition("Ready")?.message == "containers with unready status: [main]")
            await node.runtime.answerExec("check", 0)
            try await node.advance(.seconds(5), alarms: 2)
            try await node.podBecomes("ready") { PodView($0).isReady }
            await node.runtime.answerExec("check", 1, "no more")
            for _ in 0..<3 { try await node.advance(.seconds(5), alarms: 2) }
            try await node.podBecomes("unready after three failures") { !PodView($0).isReady }
            #expect(try await node.pod().main["restartCount"] == 0)
        }
    }

    @Test func livenessRestarts() async throws {
        try await TestNode.run { node in
            await node.runtime.answerExec("alive", 1, "dead")
            try await node.createPod(container: ["livenessProbe": Self.exec("alive", ["failureThreshold": 2])])
            try await node.eventually("first failure") { try await !node.events("Unhealthy").isEmpty }
            #expect(await node.runtime.count("stop main") == 0)
            await node.runtime.answerExec("alive", 1, "still dead")
            try await node.advance(.seconds(5), alarms: 2)
            try await node.podBecomes("restarted") { PodView($0).restartCount == 1 }
            let killing = "Container main failed liveness probe, will be restarted"
            try await node.eventually("told") { try await node.events("Killing") == [killing] }
        }
    }

    @Test func startupHoldsTheOthersBack() async throws {
        try await TestNode.run { node in
            await node.runtime.answerExec("started", 1)
            await node.runtime.answerExec("ready", 0)
            try await node.createPod(container: [
                "startupProbe": Self.exec("started"), "readinessProbe": Self.exec("ready"),
            ])
            try await node.eventually("first failure") { try await !node.events("Unhealthy").isEmpty }
            #expect(try await node.pod().main["started"] == false)
            #expect(await node.runtime.count("exec ready") == 0)
            await node.runtime.answerExec("started", 0)
            try await node.advance(.seconds(5), alarms: 2)
            try await node.podBecomes("ready") { PodView($0).isReady }
            #expect(try await node.pod().main["started"] == true)
        }
    }

    @Test func httpProbesSpeakHTTP() async throws {
        try await TestNode.run { node in
            let (ours, theirs) = makeSocketPair()
            node.runtime.recordedNetwork.serve(8080, with: theirs)
            try await node.createPod(container: [
                "ports": [["name": "web", "containerPort": 8080]],
                "readinessProbe": [
                    "httpGet": [
                        "port": "web", "path": "/healthz", "httpHeaders": [["name": "X-Probe", "value": "1"]],
                    ]
                ],
            ])
            var request = ""
            try await node.eventually("a request comes") {
                request += readWaiting(ours)
                return request.hasSuffix("\r\n\r\n")
            }
            #expect(request.hasPrefix("GET /healthz HTTP/1.1\r\nHost: 10.244.1."))
            #expect(request.contains("\r\nX-Probe: 1\r\n"))
            #expect(request.contains("User-Agent: kube-probe/"))
            writeAll("HTTP/1.1 20", to: ours)
            writeAll("4 No Content\r\n\r\n", to: ours)
            try await node.podBecomes("ready") { PodView($0).isReady }
            close(ours)
        }
    }

    @Test func failedConnectionsAreTold() async throws {
        try await TestNode.run { node in
            let (ours, theirs) = makeSocketPair()
            node.runtime.recordedNetwork.serve(80, with: theirs)
            writeAll("HTTP/1.0 500 Oops\r\n\r\n", to: ours)
            try await node.createPod(container: ["readinessProbe": ["httpGet": ["port": 80]]])
            try await node.eventually("status") {
                try await node.events("Unhealthy") == ["Readiness probe failed: HTTP probe failed with statuscode: 500"]
            }
            try await node.advance(.seconds(10), alarms: 2)
            try await node.eventually("connection") {
                try await node.events("Unhealthy").contains { $0.hasSuffix(":80: connect: connection refused") }
            }
            close(ours)
        }
    }

    @Test func aServerThatIsSilentTimesOut() async throws {
        try await TestNode.run { node in
            let (ours, theirs) = makeSocketPair()
            node.runtime.recordedNetwork.serve(80, with: theirs)
            try await node.createPod(container: ["readinessProbe": ["httpGet": ["port": 80]]])
            try await node.advance(.seconds(1), alarms: 2)
            try await node.eventually("told") {
                try await node.events("Unhealthy").contains { $0.contains("context deadline exceeded") }
            }
            close(ours)
        }
    }
}

@Suite struct HTTPResponseHeadTests {
    @Test func statusLinesAreReadInPieces() {
        var head = HTTPResponseHead()
        #expect(head.append(Array("HTTP/1.1 30".utf8)) == .incomplete)
        #expect(head.append(Array("2 Found\r\n".utf8)) == .status(302))
    }

    @Test(arguments: [
        "SSH-2.0-x\r\n", "HTTP/1.1\n", "HTTP/1.1 abc OK\n", "HTTP/1.1 99 x\n", String(repeating: "x", count: 5000),
    ])
    func otherTextsAreRefused(text: String) {
        var head = HTTPResponseHead()
        guard case .malformed = head.append(Array(text.utf8)) else {
            Issue.record("accepted \(text.prefix(20))")
            return
        }
    }
}
