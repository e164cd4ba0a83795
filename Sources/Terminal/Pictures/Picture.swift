/// Something that can be drawn in text.
public protocol Picture: Sendable {
    /// The lines, without newlines; none is wider than the canvas. The same picture on the same canvas is the same text.
    func lines(_ canvas: Canvas) -> [String]
}

extension Picture {
    /// The lines, each ended by a newline.
    public func text(_ canvas: Canvas) -> String {
        lines(canvas).map { $0 + "\n" }.joined()
    }
}
