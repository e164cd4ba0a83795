import Documents
import KubernetesAPI
import Testing

extension ClusterTests {
    @Suite(.timeLimit(.minutes(1))) struct DeploymentIntegrationTests {
        @Test func aDeploymentBecomesReadyPodsAndSaysSo() async throws {
            let cluster = try await TestCluster.start()
            _ = try await cluster.client.create(.deployments, makeDeployment())
            await cluster.settle()

            let pods = try await cluster.pods()
            #expect(pods.count == 3)
            #expect(Set(pods.map { PodView($0).nodeName }) == ["node-1", "node-2", "node-3"], "one on each node")
            let set = try #require(try await cluster.replicaSets().first)
            #expect(set.name.hasPrefix("web-"))
            #expect(pods.allSatisfy { $0.name.hasPrefix("\(set.name)-") && $0.controller?.uid == set.uid })
            #expect(
                pods.allSatisfy { "\($0.labels["app"] ?? "")-\($0.labels["pod-template-hash"] ?? "")" == set.name })

            let deployment = try await cluster.deployment()
            #expect(deployment.annotations["deployment.kubernetes.io/revision"] == "1")
            #expect(set.annotations["deployment.kubernetes.io/revision"] == "1")
            #expect(deployment.generation == 1)
            #expect(deployment.status["observedGeneration"] == 1)
            for member in ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"] {
                #expect(deployment.status[member] == 3, "\(member)")
            }
            #expect(
                deployment.condition("Available")
                    == Condition(
                        "Available", .yes, reason: "MinimumReplicasAvailable",
                        message: "Deployment has minimum availability."))
            #expect(
                deployment.condition("Progressing")
                    == Condition(
                        "Progressing", .yes, reason: "NewReplicaSetAvailable",
                        message: "ReplicaSet \"\(set.name)\" has successfully progressed."))
            #expect(
                try await cluster.events(about: "web")
                    == ["ScalingReplicaSet: Scaled up replica set \(set.name) from 0 to 3"])
            let created = try await cluster.events(about: set.name)
            #expect(Set(created) == Set(pods.map { "SuccessfulCreate: Created pod: \($0.name)" }))
            #expect(cluster.failureMessages == [])
        }

        @Test func anUpdateReplacesAllPodsAndUndoBringsTheOldTemplateBack() async throws {
            let cluster = try await TestCluster.start()
            _ = try await cluster.client.create(.deployments, makeDeployment())
            await cluster.settle()
            let first = try #require(try await cluster.replicaSets().first)

            try await cluster.setImage("app:2")
            await cluster.settle()
            var pods = try await cluster.pods()
            #expect(pods.count == 3)
            #expect(pods.allSatisfy { $0.spec["containers"][0]["image"] == "app:2" })
            #expect(try await cluster.replicaSets().count == 2)
            #expect(try await cluster.deployment().annotations["deployment.kubernetes.io/revision"] == "2")

            // What `kubectl rollout undo` does: it writes the old template.
            try await cluster.setImage("app:1")
            await cluster.settle()
            pods = try await cluster.pods()
            #expect(pods.allSatisfy { $0.controller?.uid == first.uid }, "the old ReplicaSet is used again")
            let set = try await cluster.client.get(.replicaSets, namespace: "default", name: first.name)
            #expect(set.annotations["deployment.kubernetes.io/revision"] == "3")
            #expect(set.annotations["deployment.kubernetes.io/revision-history"] == "1")
            #expect(try await cluster.deployment().annotations["deployment.kubernetes.io/revision"] == "3")
            #expect(cluster.failureMessages == [])
        }

        @Test func aBrokenTemplateStopsTheRolloutAndTimesOut() async throws {
            let cluster = try await TestCluster.start()
            var deployment = makeDeployment(replicas: 4)
            deployment.spec["progressDeadlineSeconds"] = 30
            _ = try await cluster.client.create(.deployments, deployment)
            await cluster.settle()
            try await cluster.nodes.setUnready(images: ["app:broken"])
            try await cluster.setImage("app:broken")
            await cluster.settle()

            let pods = try await cluster.pods()
            #expect(pods.count == 5, "surge 1")
            #expect(pods.count { PodView($0).isReady } == 3, "one may be unavailable")
            var stuck = try await cluster.deployment()
            #expect(stuck.condition("Progressing")?.reason == "ReplicaSetUpdated")
            #expect(stuck.isConditionTrue("Available"))

            try await cluster.pass(seconds: 35)
            stuck = try await cluster.deployment()
            #expect(stuck.condition("Progressing")?.reason == "ProgressDeadlineExceeded")
            #expect(stuck.condition("Progressing")?.status == .no)
            #expect(stuck.condition("Progressing")?.message.hasSuffix("has timed out progressing.") == true)
        }

        @Test func recreateEndsAllOldPodsFirst() async throws {
            let cluster = try await TestCluster.start()
            var deployment = makeDeployment(replicas: 2)
            deployment.spec["strategy"] = ["type": "Recreate"]
            _ = try await cluster.client.create(.deployments, deployment)
            await cluster.settle()
            try await cluster.setImage("app:2")
            await cluster.settle()
            let pods = try await cluster.pods()
            #expect(pods.map { $0.spec["containers"][0]["image"]?.string } == ["app:2", "app:2"])
            let scaling = try await cluster.events(about: "web").map { $0.split(separator: " ").last ?? "" }
            #expect(scaling == ["2", "0", "2"])
        }

        @Test func pausingHoldsTheRolloutButNotScaling() async throws {
            let cluster = try await TestCluster.start()
            _ = try await cluster.client.create(.deployments, makeDeployment())
            await cluster.settle()
            try await cluster.patch(.deployments, "web", ["spec": ["paused": true]])
            try await cluster.setImage("app:2")
            await cluster.settle()
            #expect(try await cluster.replicaSets().count == 1)
            #expect(try await cluster.deployment().condition("Progressing")?.reason == "DeploymentPaused")
            try await cluster.patch(.deployments, "web", ["spec": ["replicas": 5]])
            await cluster.settle()
            #expect(try await cluster.pods().map { $0.spec["containers"][0]["image"] }.allSatisfy { $0 == "app:1" })
            #expect(try await cluster.pods().count == 5)
            try await cluster.patch(.deployments, "web", ["spec": ["paused": false]])
            await cluster.settle()
            #expect(try await cluster.pods().allSatisfy { $0.spec["containers"][0]["image"] == "app:2" })
            #expect(try await cluster.deployment().condition("Progressing")?.reason == "NewReplicaSetAvailable")
        }

        @Test func onlyAsManyOldRevisionsAreKeptAsAsked() async throws {
            let cluster = try await TestCluster.start()
            var deployment = makeDeployment(replicas: 1)
            deployment.spec["revisionHistoryLimit"] = 2
            _ = try await cluster.client.create(.deployments, deployment)
            for version in 2...5 {
                await cluster.settle()
                try await cluster.setImage("app:\(version)")
            }
            await cluster.settle()
            let revisions = try await cluster.replicaSets().compactMap {
                $0.annotations["deployment.kubernetes.io/revision"]
            }
            #expect(revisions.sorted() == ["3", "4", "5"])
        }

        @Test func scalingToAHundredAndBack() async throws {
            let cluster = try await TestCluster.start()
            _ = try await cluster.client.create(.deployments, makeDeployment(replicas: 0))
            await cluster.settle()
            try await cluster.patch(.deployments, "web", ["spec": ["replicas": 100]])
            await cluster.settle()
            let pods = try await cluster.pods()
            #expect(pods.count == 100)
            let perNode = Dictionary(grouping: pods) { PodView($0).nodeName }.mapValues(\.count)
            #expect(perNode.values.sorted() == [33, 33, 34])
            #expect(try await cluster.deployment().status["availableReplicas"] == 100)
            try await cluster.patch(.deployments, "web", ["spec": ["replicas": 3]])
            await cluster.settle()
            #expect(try await cluster.pods().count == 3)
            #expect(cluster.failureMessages == [])
        }

        @Test func aDeletedPodIsReplaced() async throws {
            let cluster = try await TestCluster.start()
            _ = try await cluster.client.create(.deployments, makeDeployment())
            await cluster.settle()
            let before = Set(try await cluster.pods().map(\.name))
            try await cluster.delete(.pods, before.sorted()[0])
            await cluster.settle()
            let after = Set(try await cluster.pods().map(\.name))
            #expect(after.count == 3)
            #expect(after.intersection(before).count == 2)
        }

        @Test func aRelabelledPodIsReleasedAndAnOrphanAdopted() async throws {
            let cluster = try await TestCluster.start()
            _ = try await cluster.client.create(.deployments, makeDeployment(replicas: 2))
            await cluster.settle()
            let pod = try await cluster.pods()[0]
            try await cluster.patch(.pods, pod.name, ["metadata": ["labels": ["app": "debug"]]])
            await cluster.settle()
            let released = try await cluster.client.get(.pods, namespace: "default", name: pod.name)
            #expect(released.controller == nil)
            #expect(try await cluster.pods(["app": "web"]).count == 2)

            // Given its label back it is adopted, and one too many goes.
            try await cluster.patch(.pods, pod.name, ["metadata": ["labels": ["app": "web"]]])
            await cluster.settle()
            let web = try await cluster.pods(["app": "web"])
            #expect(web.count == 2)
            #expect(web.allSatisfy { $0.controller != nil })
        }
    }
}
