import Glibc
import Synchronization

/// What the editor is told from other threads while it waits for a key.
final class EditorNews: Sendable {
    private struct State {
        var notices: [String] = []
        var resized = false
        var mustLeave = false
        var interrupted = false
    }

    let bell = Bell()
    private let state = Mutex(State())
    private let witness = Mutex<(@Sendable (String) -> Void)?>(nil)

    /// Has `witness` told of every text as it is shown, on the editor's thread.
    func tell(_ witness: @escaping @Sendable (String) -> Void) {
        self.witness.withLock { $0 = witness }
    }

    /// Has `text` (whole lines) printed above the prompt; before the next one if no line is being edited.
    func post(_ text: String) {
        state.withLock { $0.notices.append(text) }
        bell.ring()
    }

    func windowMayHaveChanged() {
        state.withLock { $0.resized = true }
        bell.ring()
    }

    /// Ctrl-C came as a signal.
    func interrupt() {
        state.withLock { $0.interrupted = true }
        bell.ring()
    }

    func takeInterrupted() -> Bool {
        state.withLock { state in
            defer { state.interrupted = false }
            return state.interrupted
        }
    }

    /// The program is asked to end.
    func leave() {
        state.withLock { $0.mustLeave = true }
        bell.ring()
    }

    /// Waits that long, or until the program is asked to end.
    func isToldToLeave(within pause: Duration) -> Bool {
        let end = ContinuousClock.now + pause
        while !mustLeave {
            let left = end - ContinuousClock.now
            guard left > .zero else { return false }
            bell.silence()
            if mustLeave { break }
            var wait = pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0)
            let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
            _ = poll(&wait, 1, Int32(clamping: milliseconds + 1))
        }
        return true
    }

    var mustLeave: Bool { state.withLock { $0.mustLeave } }

    /// What is to be shown now.
    func takeNotices() -> [String] {
        let notices = state.withLock { state in
            defer { state.notices = [] }
            return state.notices
        }
        if let witness = witness.withLock({ $0 }) { notices.forEach(witness) }
        return notices
    }

    func takeResized() -> Bool {
        state.withLock { state in
            defer { state.resized = false }
            return state.resized
        }
    }
}
