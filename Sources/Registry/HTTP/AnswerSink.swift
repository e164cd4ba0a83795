import Synchronization

/// Gives the body of a wanted answer to one sink, and keeps the explanation in any other.
final class AnswerSink: ResponseSink {
    /// Longer explanations are cut off: nobody reads them.
    private static let explanationLimit = 1 << 16

    private struct State {
        var refusal: HTTPHead?
        var explanation: [UInt8] = []
    }

    private let wanted: Set<Int>
    private let sink: any ResponseSink
    private let state = Mutex(State())

    /// - Parameter wanted: by status.
    init(_ wanted: Set<Int>, _ sink: any ResponseSink) {
        self.wanted = wanted
        self.sink = sink
    }

    /// The answer, if it was not a wanted one.
    var refusal: HTTPHead? { state.withLock { $0.refusal } }
    var explanation: [UInt8] { state.withLock { $0.explanation } }

    func begin(_ head: HTTPHead) -> Bool {
        let isWanted = wanted.contains(head.status)
        state.withLock { $0 = State(refusal: isWanted ? nil : head) }
        return isWanted ? sink.begin(head) : true
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let hasRoom: Bool? = state.withLock { state in
            guard state.refusal != nil else { return nil }
            state.explanation.append(contentsOf: bytes.prefix(Self.explanationLimit - state.explanation.count))
            return state.explanation.count < Self.explanationLimit
        }
        return hasRoom ?? sink.receive(bytes)
    }
}
