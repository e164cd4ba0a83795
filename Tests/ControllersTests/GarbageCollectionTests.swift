import Documents
import KubernetesAPI
import Testing

@testable import Controllers

extension ClusterTests {
    @Suite(.timeLimit(.minutes(1))) struct GarbageCollectionTests {
        private let owner = makePod("owner")

        private func decide(_ object: KubernetesObject, _ owners: [OwnerState], _ dependents: [KubernetesObject] = [])
            -> [GarbageAction]
        {
            GarbageDecision.decide(GarbageObservation(object: object, owners: owners, dependents: dependents))
        }

        @Test func objectsWithoutALivingOwnerGo() {
            var owned = makePod("owned", owner: owner)
            #expect(decide(owned, [.present]) == [])
            #expect(decide(owned, [.absent]) == [.delete(.background)])
            #expect(decide(owned, [.waitingForDependents]) == [.delete(.background)])
            #expect(decide(owned, [.waitingForDependents], [makePod("child", owner: owned)]) == [.delete(.foreground)])
            #expect(decide(makePod("free"), []) == [])
            #expect(decide(owned.deleted(), [.absent]) == [], "it is going already")
            owned.finalizers = ["orphan"]
            #expect(decide(owned, [.absent]) == [.delete(.orphan)])
        }

        @Test func aLivingOwnerKeepsAnObjectAndDeadOnesAreForgotten() {
            var owned = makePod("owned", owner: owner)
            owned.ownerReferences.append(
                OwnerReference(apiVersion: "v1", kind: "Pod", name: "dead", uid: "dead", isController: false))
            #expect(decide(owned, [.present, .absent]) == [.removeOwnerReferences(uids: ["dead"])])
            #expect(decide(owned, [.present, .present]) == [])
        }

        @Test func finalizersAreServed() {
            var going = owner.deleted()
            going.finalizers = ["foregroundDeletion"]
            let blocking = makePod("blocking", owner: owner)
            var free = makePod("free", owner: owner)
            free.ownerReferences[0].blocksOwnerDeletion = false
            #expect(decide(going, [], [blocking, free]) == [])
            #expect(decide(going, [], [free]) == [.finishForegroundDeletion])
            going.finalizers = ["orphan"]
            #expect(decide(going, [], [blocking]) == [.orphanDependents])
        }

        @Test(arguments: [DeleteOptions.Propagation.background, .foreground])
        func aDeploymentTakesItsReplicaSetsAndPodsAlong(propagation: DeleteOptions.Propagation) async throws {
            let cluster = try await TestCluster.start()
            _ = try await cluster.client.create(.deployments, makeDeployment())
            await cluster.settle()
            try await cluster.delete(.deployments, "web", propagation)
            await cluster.settle()
            #expect(try await cluster.client.list(.deployments).items.isEmpty)
            #expect(try await cluster.replicaSets().isEmpty)
            #expect(try await cluster.pods().isEmpty)
            #expect(cluster.failureMessages == [])
        }

        @Test func orphansStayAndAreAdoptedByANewOwner() async throws {
            let cluster = try await TestCluster.start()
            _ = try await cluster.client.create(.deployments, makeDeployment())
            await cluster.settle()
            let pods = try await cluster.pods().map(\.uid)
            try await cluster.delete(.deployments, "web", .orphan)
            await cluster.settle()
            #expect(try await cluster.client.list(.deployments).items.isEmpty)
            let set = try #require(try await cluster.replicaSets().first)
            #expect(set.ownerReferences.isEmpty)
            #expect(try await cluster.pods().map(\.uid) == pods)

            _ = try await cluster.client.create(.deployments, makeDeployment())
            await cluster.settle()
            #expect(try await cluster.replicaSets().map(\.uid) == [set.uid])
            #expect(try await cluster.replicaSets().first?.controller?.name == "web")
            #expect(try await cluster.pods().map(\.uid) == pods, "nothing was restarted")
        }

        @Test func aReferenceToAnOwnerThatNeverWasIsCollected() async throws {
            let cluster = try await TestCluster.start()
            var map = KubernetesObject(.configMaps, namespace: "default", name: "lost")
            map.ownerReferences = [
                OwnerReference(
                    apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "never", isController: false)
            ]
            _ = try await cluster.client.create(.configMaps, map)
            await cluster.settle()
            #expect(try await cluster.client.list(.configMaps, namespace: "default").items.isEmpty)
        }

        @Test func aNamespaceIsEmptiedAndThenGone() async throws {
            let cluster = try await TestCluster.start()
            _ = try await cluster.client.create(.namespaces, KubernetesObject(.namespaces, name: "shop"))
            var deployment = makeDeployment()
            deployment.namespace = "shop"
            _ = try await cluster.client.create(.deployments, deployment)
            _ = try await cluster.client.create(
                .configMaps, KubernetesObject(.configMaps, namespace: "shop", name: "settings"))
            await cluster.settle()
            #expect(try await cluster.client.list(.pods, namespace: "shop").items.count == 3)
            try await cluster.delete(.namespaces, "shop")
            await cluster.settle()
            #expect(try await !cluster.client.list(.namespaces).items.contains { $0.name == "shop" })
            for resource in NamespaceReconciler.content {
                #expect(
                    try await cluster.client.list(resource, namespace: "shop").items.isEmpty, "\(resource.plural)")
            }
        }
    }
}
