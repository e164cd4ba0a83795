import Documents
import ObjectStore
import Testing

private func value(_ number: Int) -> StoredValue { StoredValue(.integer(number)) }

/// The name of the error that `body` throws.
private func fault(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        switch error as? StoreError {
        case .exists(let entry): return "exists \(entry.modRevision)"
        case .notFound: return "notFound"
        case .modified(let entry): return "modified \(entry.modRevision)"
        case .compacted(let oldest): return "compacted \(oldest)"
        case .future(let current): return "future \(current)"
        case nil: return "\(error)"
        }
    }
}

@Suite struct ObjectStoreTests {
    @Test func writesCountRevisionsAndVersions() throws {
        let store = ObjectStore(now: { .seconds(5) })
        #expect(store.currentRevision == 1)
        let created = try store.put("/pods/a", value(1), if: .absent, cause: "cell 1")
        #expect(created.isCreation)
        let changed = try store.put("/pods/a", value(2), if: .revision(2), cause: "cell 2")
        #expect(changed.revision == 3)
        #expect(changed.previous === created.entry)
        #expect(changed.cause == "cell 2")
        #expect(changed.time == .seconds(5))
        let entry = try #require(try store.get("/pods/a"))
        #expect((entry.createRevision, entry.modRevision, entry.version) == (2, 3, 2))
        #expect(entry.value.document == 2)
        #expect(entry.value.encoded == Array("2".utf8))
        let deleted = try store.delete("/pods/a", if: .revision(3), cause: "cell 3")
        #expect(deleted.isDeletion)
        #expect(deleted.previous === entry)
        #expect(try store.get("/pods/a") == nil)
        let again = try #require(try store.put("/pods/a", value(3), if: .absent, cause: "cell 4").entry)
        #expect((again.createRevision, again.modRevision, again.version) == (5, 5, 1))
    }

    @Test func aValueMayContainItsRevision() throws {
        let store = ObjectStore()
        let event = try store.put("a", cause: "") { revision in StoredValue(["rv": .integer(revision)]) }
        #expect(event.entry?.value.document == ["rv": .integer(event.revision)])
    }

    @Test func preconditionsHoldOrNothingHappens() throws {
        let store = ObjectStore()
        #expect(fault { try store.put("a", value(1), if: .present, cause: "") } == "notFound")
        #expect(fault { try store.put("a", value(1), if: .revision(1), cause: "") } == "notFound")
        #expect(fault { try store.delete("a", cause: "") } == "notFound")
        try store.put("a", value(1), cause: "")
        #expect(fault { try store.put("a", value(2), if: .absent, cause: "") } == "exists 2")
        #expect(fault { try store.put("a", value(2), if: .revision(1), cause: "") } == "modified 2")
        #expect(fault { try store.delete("a", if: .revision(7), cause: "") } == "modified 2")
        #expect(fault { try store.delete("a", if: .absent, cause: "") } == "exists 2")
        #expect(store.currentRevision == 2)
    }

    @Test func rangesAreInOrderAndContinue() throws {
        let store = ObjectStore()
        for number in (0..<2000).reversed() { try store.put("/pods/\(10_000 + number)", value(number), cause: "") }
        try store.put("/pod", value(0), cause: "")
        try store.put("/podz", value(0), cause: "")
        let all = try store.list(prefix: "/pods/")
        #expect(all.entries.map(\.value.document) == (0..<2000).map { .integer($0) })
        #expect(all.continuation == nil)
        var collected: [String] = []
        var continuation: StoreRange.Continuation?
        repeat {
            let page = try store.list(prefix: "/pods/", limit: 300, continuation: continuation)
            #expect(page.revision == all.revision)
            collected += page.entries.map(\.key)
            #expect(page.remaining == 2000 - collected.count)
            // What happens between the pages does not show.
            try store.put("/pods/00000", value(-1), cause: "")
            try store.put("/pods/99999", value(-1), cause: "")
            if let key = collected.last { try store.delete(key, cause: "") }
            continuation = try page.continuation.map { try #require(StoreRange.Continuation(token: $0.token)) }
        } while continuation != nil
        #expect(collected == all.entries.map(\.key))
        #expect(StoreRange.Continuation(token: "x") == nil)
        #expect(try store.list(prefix: "/none").entries.isEmpty)
        #expect(try store.list(prefix: "").entries.count == 2000 - 7 + 4)
    }

    @Test func thePastCanBeReadUntilItIsCompacted() throws {
        let store = ObjectStore()
        try store.put("a", value(1), cause: "")  // 2
        try store.put("b", value(1), cause: "")  // 3
        try store.put("a", value(2), cause: "")  // 4
        try store.delete("b", cause: "")  // 5
        try store.put("b", value(3), cause: "")  // 6
        func state(_ revision: Revision) throws -> [String] {
            try store.list(prefix: "", at: revision).entries.map { "\($0.key)=\($0.value.document.jsonText)" }
        }
        let states = [[], ["a=1"], ["a=1", "b=1"], ["a=2", "b=1"], ["a=2"], ["a=2", "b=3"]]
        for (index, expected) in states.enumerated() { #expect(try state(index + 1) == expected) }
        #expect(try store.get("a", at: 3)?.value.document == 1)
        #expect(try store.events(prefix: "b", after: 3).map(\.revision) == [5, 6])
        #expect(try store.event(at: 4).key == "a")
        for oldest in 2...6 {
            try store.compact(to: oldest)
            #expect(store.oldestRevision == oldest)
            for revision in oldest...6 { #expect(try state(revision) == states[revision - 1]) }
            #expect(fault { _ = try state(oldest - 1) } == "compacted \(oldest)")
            #expect(fault { _ = try store.watch(prefix: "", after: oldest - 1) } == "compacted \(oldest)")
            #expect(fault { _ = try store.event(at: oldest) } == "compacted \(oldest)")
        }
        #expect(fault { _ = try state(7) } == "future 6")
        #expect(fault { try store.compact(to: 7) } == "future 6")
        #expect(fault { _ = try store.event(at: 7) } == "future 6")
    }

    @Test func historyIsKeptToItsLimit() throws {
        let store = ObjectStore(historyLimit: 100)
        for number in 0..<1000 {
            try store.put("k\(number % 7)", value(number), cause: "")
            if number % 5 == 0 { try store.delete("k\(number % 7)", cause: "") }
        }
        let kept = store.currentRevision - store.oldestRevision
        #expect((100..<130).contains(kept))
        #expect(try store.list(prefix: "", at: store.oldestRevision).entries.isEmpty == false)
    }

    /// Against a model: a dictionary copied at every revision.
    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func randomHistoriesReadAsTheyWere(seed: UInt64) throws {
        var generator = SystemIndependentGenerator(state: seed)
        let store = ObjectStore(historyLimit: 200)
        var model: [String: Int] = [:]
        var past: [Revision: [String: Int]] = [1: [:]]
        for number in 0..<600 {
            let key = "k\(Int.random(in: 0..<40, using: &generator))"
            if Bool.random(using: &generator), model[key] != nil {
                model[key] = nil
                try store.delete(key, cause: "")
            } else {
                model[key] = number
                try store.put(key, value(number), cause: "")
            }
            past[store.currentRevision] = model
            let revision = Int.random(in: store.oldestRevision...store.currentRevision, using: &generator)
            let entries = try store.list(prefix: "k1", at: revision).entries
            let expected = (past[revision] ?? [:]).filter { $0.key.hasPrefix("k1") }
            #expect(entries.map(\.key) == expected.keys.sorted())
            #expect(entries.allSatisfy { $0.value.document.int == expected[$0.key] })
        }
    }
}

/// SplitMix64: the same numbers for the same seed everywhere.
struct SystemIndependentGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
