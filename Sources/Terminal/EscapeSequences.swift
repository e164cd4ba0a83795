/// Terminal control sequences (ECMA-48) inside text.
public enum EscapeSequences {
    /// The text without escape sequences and without control characters other than tab and newline. A carriage return
    /// before a newline goes; others become newlines, since what follows overwrites the line.
    public static func removed(from text: String) -> String {
        var result = String.UnicodeScalarView()
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\u{1B}":
                skip(&scalars)
            case "\r":
                if scalars.first != "\n", scalars.first != "\r" { result.append("\n") }
            case "\n", "\t":
                result.append(scalar)
            case "\u{08}":
                if let last = result.last, last != "\n" { result.removeLast() }
            case let control where control.value < 0x20 || control.value == 0x7F:
                break
            default:
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func skip(_ scalars: inout ArraySlice<Unicode.Scalar>) {
        switch scalars.popFirst() {
        case "[":
            while let scalar = scalars.popFirst(), !(0x40...0x7E).contains(scalar.value) {}
        case "]":
            while let scalar = scalars.popFirst() {
                if scalar == "\u{07}" { return }
                if scalar == "\u{1B}" {
                    _ = scalars.popFirst()
                    return
                }
            }
        default: break
        }
    }
}
