import Documents
public import Terminal

/// Plays a recording on a terminal at its own pace; what was typed appears as if somebody typed it.
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
        for (place, event) in transcript.events.enumerated() {
            guard await pause(min(event.interval, longestPause)) else { return false }
            switch event.code {
            case .output:
                let typed = typedText(at: place)
                guard output.write(String(event.data.dropLast(typed.count))) else { return false }
                for character in typed {
                    guard output.write(String(character)), await pause(min(0.04, 1.2 / Double(typed.count))) else {
                        return false
                    }
                }
            case .marker:
                cell += 1
                guard await atMarker(cell) else { return false }
            default: break
            }
        }
        return true
    }

    /// The end of an output that somebody typed: the source of a cell, and Enter.
    private func typedText(at place: Int) -> Substring {
        let events = transcript.events
        guard place + 1 < events.count, events[place + 1].code == .kijabi,
            let value = try? JSONValue(parsing: events[place + 1].data),
            case .cellIn(_, let source, _) = CellEvent(value)
        else { return "" }
        let data = events[place].data
        let typed = source.replacingLineEnds + "\r\n"
        return data.hasSuffix(typed) ? data.suffix(typed.count) : ""
    }

    private func pause(_ seconds: Double) async -> Bool {
        guard seconds / speed > 0.001 else { return true }
        do {
            try await Task.sleep(for: .seconds(seconds / speed))
            return true
        } catch {
            return false
        }
    }
}
