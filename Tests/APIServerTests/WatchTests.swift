import Documents
import KubernetesAPI
import Testing

@testable import APIServer

/// A watch event in a word: `+web`, `~web`, `-web`, `|` for a bookmark.
private func word(_ event: WatchEvent) -> String {
    switch event {
    case .added(let object): "+\(object.name)"
    case .modified(let object): "~\(object.name)"
    case .deleted(let object): "-\(object.name)"
    case .bookmark: "|"
    }
}

private func read(_ count: Int, _ stream: WatchStream) async throws -> [WatchEvent] {
    var events: [WatchEvent] = []
    for try await event in stream {
        events.append(event)
        if events.count == count { break }
    }
    return events
}

@Suite struct WatchTests {
    @Test func whatIsThereComesFirstThenABookmarkThenChanges() async throws {
        let cluster = try TestCluster()
        _ = try await cluster.client.create(.pods, pod("a"))
        _ = try await cluster.client.create(.pods, pod("b"))
        let stream = try await cluster.client.watch(.pods, namespace: "default", ListOptions())
        var c = try await cluster.client.create(.pods, pod("c"))
        c.labels["x"] = "y"
        _ = try await cluster.client.update(.pods, c)
        _ = try await cluster.client.delete(.pods, namespace: "default", name: "a", DeleteOptions())
        let events = try await read(6, stream)
        #expect(events.map(word) == ["+a", "+b", "|", "+c", "~c", "-a"])
        #expect(events[5].object?.resourceVersion == String(cluster.server.currentRevision))
        #expect(events[4].object?.labels == ["x": "y"])
    }

    @Test func beginningAndCeasingToMatchIsComingAndGoing() async throws {
        let cluster = try TestCluster()
        let stream = try await cluster.client.watch(
            .pods, namespace: nil, ListOptions(labelSelector: LabelSelector(matchLabels: ["app": "web"])))
        var a = try await cluster.client.create(.pods, pod("a"))
        a.labels = ["app": "web"]
        a = try await cluster.client.update(.pods, a)
        a.labels["tier"] = "front"
        a = try await cluster.client.update(.pods, a)
        a.labels = [:]
        a = try await cluster.client.update(.pods, a)
        a.labels = ["app": "web"]
        a = try await cluster.client.update(.pods, a)
        _ = try await cluster.client.delete(.pods, namespace: "default", name: "a", DeleteOptions())
        let events = try await read(6, stream)
        #expect(events.map(word) == ["|", "+a", "~a", "-a", "+a", "-a"])
        // The last that matched, so that whoever keeps objects by their labels finds it.
        #expect(events[3].object?.labels == ["app": "web", "tier": "front"])
    }

    @Test func fieldsSelectToo() async throws {
        let cluster = try TestCluster()
        let list = try await cluster.client.list(.pods)
        let stream = try await cluster.client.watch(
            .pods, namespace: nil,
            ListOptions(fieldSelector: .equals("spec.nodeName", "node-1"), resourceVersion: list.resourceVersion))
        _ = try await cluster.client.create(.pods, pod("a"))
        _ = try await cluster.client.create(.pods, pod("b", node: "node-2"))
        _ = try await cluster.client.update(
            .pods, namespace: "default",
            try object("{kind: Binding, apiVersion: v1, metadata: {name: a}, target: {name: node-1}}"),
            subresource: .binding, WriteOptions())
        #expect(try await read(1, stream).map(word) == ["+a"])
    }

    @Test func aWatchGoesOnFromARevision() async throws {
        let cluster = try TestCluster()
        _ = try await cluster.client.create(.pods, pod("a"))
        let b = try await cluster.client.create(.pods, pod("b"))
        _ = try await cluster.client.create(.pods, pod("c"))
        let stream = try await cluster.client.watch(
            .pods, namespace: "default", ListOptions(resourceVersion: b.resourceVersion))
        #expect(try await read(1, stream).map(word) == ["+c"])
    }

    @Test func aForgottenRevisionHasExpired() async throws {
        let cluster = try TestCluster(historyLimit: 20)
        for number in 0..<100 {
            _ = try await cluster.client.create(.pods, pod("p\(number)"))
        }
        let refusal = try await status {
            _ = try await cluster.client.watch(.pods, namespace: nil, ListOptions(resourceVersion: "3"))
        }
        #expect(refusal.reason == .expired && refusal.reason.code == 410)
    }

    @Test func watchersAreManyAndMissNothing() async throws {
        let cluster = try TestCluster()
        let names = (0..<200).map { "p\($0)" }
        try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<10 {
                let stream = try await cluster.client.watch(.pods, namespace: nil, ListOptions())
                group.addTask { try await read(201, stream).compactMap(\.object?.name) }
            }
            for name in names { _ = try await cluster.client.create(.pods, pod(name)) }
            for try await seen in group { #expect(seen == names) }
        }
    }

    @Test func aCancelledReaderEnds() async throws {
        let cluster = try TestCluster()
        let stream = try await cluster.client.watch(.pods, namespace: nil, ListOptions())
        let reader = Task { try await read(100, stream).count }
        reader.cancel()
        #expect(try await reader.value <= 1)
    }
}
