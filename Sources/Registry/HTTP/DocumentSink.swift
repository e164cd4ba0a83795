import Synchronization

/// Collects a body that is a document, up to a length above which it is none.
final class DocumentSink: ResponseSink {
    private let limit: Int
    private let state = Mutex<(bytes: [UInt8], isTooLong: Bool)>(([], false))

    /// - Parameter limit: bytes.
    init(limit: Int) { self.limit = limit }

    var bytes: [UInt8] { state.withLock { $0.bytes } }
    var isTooLong: Bool { state.withLock { $0.isTooLong } }

    func begin(_ head: HTTPHead) -> Bool {
        state.withLock { $0 = ([], (head["Content-Length"].flatMap { Int($0) } ?? 0) > limit) }
        return !isTooLong
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            guard state.bytes.count + bytes.count <= limit else {
                state.isTooLong = true
                return false
            }
            state.bytes.append(contentsOf: bytes)
            return true
        }
    }
}
