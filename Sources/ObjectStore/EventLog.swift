/// The retained writes in order: one a revision, without gaps, so a revision is found by subtraction.
struct EventLog {
    /// The oldest revision whose state can still be read. Events after it are retained.
    private(set) var oldest: Revision
    private var events: [StoreEvent] = []

    init(oldest: Revision) {
        self.oldest = oldest
    }

    var current: Revision { oldest + events.count }
    var count: Int { events.count }

    mutating func append(_ event: StoreEvent) {
        events.append(event)
    }

    /// The events with revisions in `range`, all of which must be retained.
    subscript(range: ClosedRange<Revision>) -> ArraySlice<StoreEvent> {
        events[(range.lowerBound - oldest - 1)...(range.upperBound - oldest - 1)]
    }

    /// Forgets the events up to and including `revision`.
    /// - Returns: what was forgotten.
    mutating func compact(to revision: Revision) -> [StoreEvent] {
        let count = revision - oldest
        let gone = Array(events.prefix(count))
        events.removeFirst(count)
        oldest = revision
        return gone
    }
}
