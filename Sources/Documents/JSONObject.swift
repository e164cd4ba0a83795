/// The members of a JSON object in the order they were written.
///
/// Kubernetes objects have few members a level, so a linear search over contiguous keys beats hashing, and keeping the
/// order makes what a learner wrote come back the way it was written.
public struct JSONObject: Sendable {
    public typealias Member = (key: String, value: JSONValue)

    @usableFromInline var members: [Member]

    public init() {
        members = []
    }

    /// Members in order; a later duplicate key replaces the earlier value (as Go's decoder does).
    public init(_ members: some Sequence<Member>) {
        self.members = []
        for member in members { self[member.key] = member.value }
    }

    /// Members of which the caller knows that no two have the same key.
    init(uniqueMembers: [Member]) {
        members = uniqueMembers
    }

    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }
    public var keys: [String] { members.map(\.key) }

    /// The value of `key`. Assigning `nil` removes the member; a new key goes to the end.
    public subscript(key: String) -> JSONValue? {
        get {
            for member in members where member.key == key { return member.value }
            return nil
        }
        _modify {
            let index = members.firstIndex { $0.key == key }
            var value: JSONValue?
            if let index {
                // Take the value out so that the caller mutates the only reference to it.
                value = members[index].value
                members[index].value = .null
            }
            defer {
                switch (index, value) {
                case (let index?, let value?): members[index].value = value
                case (let index?, nil): members.remove(at: index)
                case (nil, let value?): members.append((key, value))
                case (nil, nil): break
                }
            }
            yield &value
        }
    }

    /// Appends without looking for a duplicate; the caller knows that `key` is new.
    mutating func append(uniqueKey key: String, _ value: JSONValue) {
        members.append((key, value))
    }
}

extension JSONObject: Sequence {
    public func makeIterator() -> IndexingIterator<[Member]> {
        members.makeIterator()
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements.map { (key: $0.0, value: $0.1) })
    }
}

extension JSONObject: Hashable {
    /// Objects are equal if they have the same members in any order (RFC 8259 §4: an object is unordered).
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        for (index, member) in left.members.enumerated() {
            let other = right.members[index]
            if other.key == member.key {
                if other.value != member.value { return false }
            } else if right[member.key] != member.value {
                return false
            }
        }
        return true
    }

    public func hash(into hasher: inout Hasher) {
        var combined = 0
        for member in members {
            var memberHasher = Hasher()
            memberHasher.combine(member.key)
            memberHasher.combine(member.value)
            combined ^= memberHasher.finalize()
        }
        hasher.combine(combined)
    }
}
