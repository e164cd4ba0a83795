import Documents
import ObjectStore
import Testing

private func value(_ number: Int) -> StoredValue { StoredValue(.integer(number)) }

@Suite(.timeLimit(.minutes(1))) struct StoreWatchTests {
    @Test func aWatchSeesThePastThenThePresent() async throws {
        let store = ObjectStore()
        try store.put("/a/1", value(1), cause: "")
        let start = store.currentRevision
        try store.put("/a/2", value(2), cause: "")
        try store.put("/b/1", value(0), cause: "")
        let watch = try store.watch(prefix: "/a/", after: start)
        #expect(try await watch.nextEvents()?.map(\.key) == ["/a/2"])
        #expect(watch.progress == store.currentRevision)
        let reading = Task { try await watch.nextEvents()?.map(\.key) }
        try store.put("/b/2", value(0), cause: "")
        try store.delete("/a/1", cause: "")
        #expect(try await reading.value == ["/a/1"])
        #expect(watch.progress == store.currentRevision)
    }

    @Test func aWatchEndsWhenCancelled() async throws {
        let store = ObjectStore()
        let watch = try store.watch(prefix: "")
        let reading = Task { try await watch.nextEvents() == nil }
        watch.cancel()
        #expect(try await reading.value)
        #expect(watch.progress == nil)
        let other = try store.watch(prefix: "")
        let cancelled = Task { try await other.nextEvents() == nil }
        cancelled.cancel()
        #expect(try await cancelled.value)
        #expect(try await other.nextEvents() == nil)
    }

    @Test func aSlowReaderCatchesUpFromTheHistory() async throws {
        let store = ObjectStore(historyLimit: 5000, watchBufferLimit: 4)
        let watch = try store.watch(prefix: "/a")
        for number in 0..<1000 { try store.put("/a\(number % 3)", value(number), cause: "") }
        var seen: [Int] = []
        while seen.count < 1000, let events = try await watch.nextEvents() {
            #expect(events.count <= 4)
            seen += events.compactMap { $0.entry?.value.document.int }
            // More comes while it is catching up.
            if seen.count == 500 { try store.put("/b", value(-1), cause: "") }
        }
        #expect(seen == Array(0..<1000))
        try store.put("/a", value(1000), cause: "")
        #expect(try await watch.nextEvents()?.first?.entry?.value.document == 1000)
    }

    @Test func aReaderWhosePlaceIsGoneIsTold() async throws {
        let store = ObjectStore(historyLimit: 10, watchBufferLimit: 2)
        let watch = try store.watch(prefix: "")
        for number in 0..<100 { try store.put("a", value(number), cause: "") }
        // What was buffered is still delivered.
        #expect(try await watch.nextEvents()?.map(\.revision) == [2, 3])
        await #expect(throws: StoreError.self) { try await watch.nextEvents() }
        #expect(try await watch.nextEvents() == nil)
    }

    @Test(arguments: [1, 8, 1024])
    func concurrentWritersLoseAndDoubleNothing(bufferLimit: Int) async throws {
        let store = ObjectStore(historyLimit: 100_000, watchBufferLimit: bufferLimit)
        let (writers, writes) = (4, 2000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reader in 0..<6 {
                let prefix = reader % 2 == 0 ? "/k/" : "/k/1"
                let early = try store.watch(prefix: prefix, after: 1)
                group.addTask {
                    // Half of them begin late and list first, as an informer does.
                    var expected: [Int: Int] = [:]
                    var watch = early
                    var last = 1
                    if reader >= 3 {
                        early.cancel()
                        await Task.yield()
                        let list = try store.list(prefix: prefix)
                        for entry in list.entries {
                            let writer = entry.value.document["writer"]?.int ?? 0
                            expected[writer] = max(expected[writer] ?? 0, (entry.value.document["count"]?.int ?? 0) + 1)
                        }
                        last = list.revision
                        watch = try store.watch(prefix: prefix, after: list.revision)
                    }
                    let wanted = prefix == "/k/" ? writers : 1
                    while (0..<writers).filter({ expected[$0] == writes }).count < wanted {
                        let events = try #require(try await watch.nextEvents())
                        for event in events {
                            #expect(event.revision > last)
                            last = event.revision
                            let writer = try #require(event.entry?.value.document["writer"]?.int)
                            #expect(event.entry?.value.document["count"]?.int == expected[writer, default: 0])
                            expected[writer, default: 0] += 1
                        }
                    }
                }
            }
            for writer in 0..<writers {
                group.addTask {
                    for count in 0..<writes {
                        try store.put("/k/\(writer)", cause: "") { _ in
                            StoredValue(["writer": .integer(writer), "count": .integer(count)])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(store.currentRevision == 1 + writers * writes)
    }

    @Test func oneOfManyCreatorsWins() async throws {
        let store = ObjectStore()
        let winners = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask { (try? store.put("a", value(number), if: .absent, cause: "")) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }

    @Test func eventsCanBeIterated() async throws {
        let store = ObjectStore()
        for number in 0..<5 { try store.put("a", value(number), cause: "") }
        var seen = 0
        for try await event in try store.watch(prefix: "", after: 1) {
            #expect(event.entry?.value.document.int == seen)
            seen += 1
            if seen == 5 { break }
        }
        #expect(seen == 5)
    }
}
