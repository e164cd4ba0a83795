public import Transcripts

/// Is told what happens in a session, as it happens: a journal, a recording, a lesson.
///
/// Called from the session's thread, in order. Must return soon.
public protocol SessionRecorder: Sendable {
    /// - Parameter prompt: as the screen showed it.
    func cellBegins(number: Int, source: String, prompt: String)
    /// What the cell printed, as it went to the terminal.
    func output(_ bytes: [UInt8])
    func cellEnds(number: Int, status: Int32)
    func resized(columns: Int, rows: Int)
    func finish(status: Int32)
}

extension TranscriptRecorder: SessionRecorder {
    public func cellBegins(number: Int, source: String, prompt: String) {
        cellBegins(number: number, source: source, prompt: prompt, isComparable: true)
    }
}
