import Terminal

/// What stands before the text that is typed.
struct Prompt: Sendable, Hashable {
    /// With escape sequences; ends with a space, since libedit drops an escape sequence at the very end.
    var text: String

    var width: Int { DisplayWidth.of(text) }

    /// With each run of escape sequences between two U+0001, as libedit wants it.
    var marked: [UInt32] {
        var marked: [UInt32] = []
        var isEscape = false
        for scalar in text.unicodeScalars {
            if scalar == "\u{1B}", !isEscape {
                marked.append(1)
                isEscape = true
            }
            marked.append(scalar.value)
            if isEscape, scalar.properties.isAlphabetic {
                marked.append(1)
                isEscape = false
            }
        }
        return marked
    }

    /// Before the first line of a cell.
    static func cell(_ number: Int, language: Language, style: Style, unicode: Bool) -> Prompt {
        let name = unicode && language == .korean ? "키잡이" : "kijabi"
        let sign = unicode ? "⎈" : ">"
        return Prompt(text: "\(style("[\(number)]", .dim)) \(style(name, .bold)) \(style(sign, .cyan)) ")
    }

    /// Before a line that goes on with a cell.
    static func continuation(style: Style, unicode: Bool) -> Prompt {
        Prompt(text: style(unicode ? "  … " : "  > ", .dim) + " ")
    }
}
