public import Terminal

/// Plays a recording on a terminal at its own pace.
public struct TranscriptPlayer: Sendable {
    public let transcript: Transcript
    /// 2 is twice as fast.
    public let speed: Double
    /// Pauses longer than this many seconds are cut to it.
    public let longestPause: Double

    public init(_ transcript: Transcript, speed: Double = 1, longestPause: Double = 2) {
        self.transcript = transcript
        self.speed = speed
        self.longestPause = longestPause
    }

    /// - Parameter atMarker: awaited before each cell (`--step` waits for a key there); false ends the playing.
    /// - Returns: false if it was interrupted.
    public func play(to output: OutputStream, atMarker: (Int) async -> Bool = { _ in true }) async -> Bool {
        var cell = 0
        for event in transcript.events {
            let pause = min(event.interval, longestPause) / speed
            if pause > 0.001 {
                do {
                    try await Task.sleep(for: .seconds(pause))
                } catch {
                    return false
                }
            }
            switch event.code {
            case .output:
                guard output.write(event.data) else { return false }
            case .marker:
                cell += 1
                guard await atMarker(cell) else { return false }
            default: break
            }
        }
        return true
    }
}
