/// Where anybody leaves text for the learner: it appears above the prompt, without spoiling the line that is being
/// typed; while a cell runs it waits for the next prompt.
public final class NoticeBoard: Sendable {
    let news = EditorNews()

    public init() {}

    /// - Parameter text: whole lines, each ended by a newline; may hold colour.
    public func post(_ text: String) {
        news.post(text)
    }

    /// Ctrl-C came as a signal, where the terminal edits lines itself.
    public func interrupt() {
        news.interrupt()
    }
}
