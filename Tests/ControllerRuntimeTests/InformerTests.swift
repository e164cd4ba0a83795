import ControllerRuntime
import KubernetesAPI
import Synchronization
import Testing

/// What a handler was told, and the wish to wait for more of it.
final class ChangeLog: Sendable {
    private let stream: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func handle(_ change: ObjectChange) {
        switch change {
        case .added(let object): continuation.yield("+\(object.name)@\(object.resourceVersion)")
        case .updated(let old, let new): continuation.yield("\(old.name)@\(old.resourceVersion)→\(new.resourceVersion)")
        case .deleted(let object): continuation.yield("-\(object.name)")
        }
    }

    func next(_ count: Int) async -> [String] {
        var changes: [String] = []
        for await change in stream {
            changes.append(change)
            if changes.count == count { break }
        }
        return changes
    }
}

@Suite(.timeLimit(.minutes(1))) struct InformerTests {
    let clock = ManualClock()

    func list(_ pods: [KubernetesObject], at revision: Int) -> Result<ObjectList, Status> {
        .success(ObjectList(items: pods, resourceVersion: String(revision)))
    }

    @Test func listsThenFollows() async throws {
        let client = ScriptedClient(lists: [list([pod("a", version: 1), pod("b", version: 2)], at: 2)])
        let informer = Informer(.pods, client: client, clock: clock)
        let log = ChangeLog()
        informer.addHandler { log.handle($0) }
        let run = Task { await informer.run() }
        await informer.waitForSync()
        #expect(informer.hasSynced)
        var watches = client.watching.makeAsyncIterator()
        let watch = try #require(await watches.next())
        watch.yield(.modified(pod("a", version: 3)))
        watch.yield(.deleted(pod("b", version: 4)))
        watch.yield(.added(pod("c", version: 5)))
        #expect(await log.next(5) == ["+a@1", "+b@2", "a@1→3", "-b", "+c@5"])
        #expect(informer.lister.list().map(\.name) == ["a", "c"])
        #expect(client.calls == [.list, .watch(from: "2")])
        run.cancel()
        await run.value
    }

    @Test func takesUpAWatchThatEndsWhereItStopped() async throws {
        let client = ScriptedClient(lists: [list([], at: 10)])
        let informer = Informer(.pods, client: client, clock: clock)
        let log = ChangeLog()
        informer.addHandler { log.handle($0) }
        let run = Task { await informer.run() }
        var watches = client.watching.makeAsyncIterator()
        let first = try #require(await watches.next())
        first.yield(.added(pod("a", version: 11)))
        first.yield(.bookmark(resourceVersion: "15"))
        first.finish()
        let second = try #require(await watches.next())
        second.yield(.modified(pod("a", version: 16)))
        #expect(await log.next(2) == ["+a@11", "a@11→16"])
        #expect(client.calls == [.list, .watch(from: "10"), .watch(from: "15")])
        run.cancel()
        await run.value
    }

    @Test func listsAnewWhenTheHistoryIsGoneAndTellsTheDifference() async throws {
        let client = ScriptedClient(lists: [
            list([pod("kept", version: 1), pod("gone", version: 2), pod("changed", version: 3)], at: 3),
            list(
                [
                    pod("kept", version: 1), pod("changed", version: 8), pod("new", version: 9),
                ], at: 9),
        ])
        let informer = Informer(.pods, client: client, clock: clock)
        let log = ChangeLog()
        informer.addHandler { log.handle($0) }
        let run = Task { await informer.run() }
        var watches = client.watching.makeAsyncIterator()
        let first = try #require(await watches.next())
        #expect(await log.next(3) == ["+kept@1", "+gone@2", "+changed@3"])
        first.finish(throwing: Status(.expired, "too old resource version"))
        _ = await watches.next()
        #expect(await log.next(3) == ["changed@3→8", "+new@9", "-gone"])
        #expect(client.calls == [.list, .watch(from: "3"), .list, .watch(from: "9")])
        run.cancel()
        await run.value
    }

    @Test func aReplacedObjectIsToldAsDeletedAndAdded() async throws {
        let client = ScriptedClient(lists: [
            list([pod("a", uid: "one", version: 1)], at: 1), list([pod("a", uid: "two", version: 5)], at: 5),
        ])
        let informer = Informer(.pods, client: client, clock: clock)
        let log = ChangeLog()
        informer.addHandler { log.handle($0) }
        let run = Task { await informer.run() }
        var watches = client.watching.makeAsyncIterator()
        try #require(await watches.next()).finish(throwing: Status(.gone, "gone"))
        #expect(await log.next(3) == ["+a@1", "-a", "+a@5"])
        run.cancel()
        await run.value
    }

    @Test func waitsBeforeAskingAFailingServerAgain() async throws {
        let client = ScriptedClient(lists: [
            .failure(Status(.serviceUnavailable, "starting")), list([pod("a", version: 1)], at: 1),
        ])
        let informer = Informer(.pods, client: client, clock: clock)
        let run = Task { await informer.run() }
        // The wait is on the clock: nothing happens until it goes on.
        while clock.pendingCount == 0 { await Task.yield() }
        #expect(!informer.hasSynced)
        #expect(client.calls == [.list])
        clock.advance(by: .milliseconds(100))
        await informer.waitForSync()
        #expect(informer.lister.list().map(\.name) == ["a"])
        run.cancel()
        await run.value
    }

    @Test func aLateHandlerSeesWhatIsThere() async throws {
        let client = ScriptedClient(lists: [list([pod("a", version: 1)], at: 1)])
        let informer = Informer(.pods, client: client, clock: clock)
        let run = Task { await informer.run() }
        await informer.waitForSync()
        let log = ChangeLog()
        informer.addHandler { log.handle($0) }
        #expect(await log.next(1) == ["+a@1"])
        run.cancel()
        await run.value
    }

    @Test func indexesFollowChanges() async throws {
        let client = ScriptedClient(lists: [
            list([pod("a", version: 1, node: "n1", owner: "x"), pod("b", version: 2, owner: "x")], at: 2)
        ])
        let node = ObjectIndex.field("spec.nodeName")
        let informer = Informer(.pods, client: client, indexes: [.controllerUID, node], clock: clock)
        let log = ChangeLog()
        informer.addHandler { log.handle($0) }
        let run = Task { await informer.run() }
        var watches = client.watching.makeAsyncIterator()
        let watch = try #require(await watches.next())
        watch.yield(.modified(pod("b", version: 3, node: "n1")))
        watch.yield(.deleted(pod("a", version: 4)))
        _ = await log.next(4)
        #expect(informer.lister.list(by: node, "n1").map(\.name) == ["b"])
        #expect(informer.lister.list(by: .controllerUID, "x").isEmpty)
        #expect(informer.lister.list(by: .label("app"), "web").isEmpty, "an index nobody asked for is still right")
        run.cancel()
        await run.value
    }
}
