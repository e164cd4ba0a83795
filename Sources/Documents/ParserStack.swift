/// A stack whose top can be moved into an array without a copy.
struct ParserStack<Element>: ~Copyable {
    /// The first `count` are initialized.
    private var storage: UnsafeMutablePointer<Element>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 32) {
        self.capacity = capacity
        storage = .allocate(capacity: capacity)
    }

    deinit {
        storage.deinitialize(count: count)
        storage.deallocate()
    }

    mutating func push(_ element: consuming Element) {
        if count == capacity { grow() }
        (storage + count).initialize(to: element)
        count += 1
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: storage, count: count)
        storage.deallocate()
        storage = larger
        capacity *= 2
    }

    subscript(index: Int) -> Element {
        _read {
            precondition(index < count)
            yield storage[index]
        }
        _modify {
            precondition(index < count)
            yield &storage[index]
        }
    }

    /// Takes the elements from `start` to the top off the stack.
    mutating func popArray(from start: Int) -> [Element] {
        precondition(start <= count)
        let taken = count - start
        let top = storage + start
        count = start
        return Array(unsafeUninitializedCapacity: taken) { buffer, initialized in
            buffer.baseAddress?.moveInitialize(from: top, count: taken)
            initialized = taken
        }
    }
}
