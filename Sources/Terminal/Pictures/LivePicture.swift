/// A picture that is drawn again and again in one place of a terminal. Where there is no terminal, only the last one is
/// worth printing: whoever draws asks first.
public struct LivePicture: Sendable {
    private var height = 0

    public init() {}

    /// What to write so that `lines` stand where the picture before stood (ECMA-48 CUU, EL, ED).
    public mutating func frame(_ lines: [String]) -> String {
        var text = height > 0 ? "\u{1B}[\(height)A\r" : ""
        for line in lines { text += line + "\u{1B}[K\n" }
        if lines.count < height { text += "\u{1B}[J" }
        height = lines.count
        return text
    }
}
