/// Breaks text at spaces so that no line takes more than a number of columns. Escape sequences take none and are carried
/// on over the break; a word longer than a line is broken inside, and so may Hangul never be unless it must.
public enum LineWrap {
    public static func lines(_ text: String, columns: Int) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph($0, columns: columns) }
    }

    private static func paragraph(_ text: Substring, columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var width = 0
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            let wordWidth = DisplayWidth.of(word)
            if width > 0, width + 1 + wordWidth > columns {
                lines.append(line)
                (line, width) = ("", 0)
            }
            if wordWidth > columns {
                for character in word {
                    let step = DisplayWidth.of(String(character))
                    if width + step > columns {
                        lines.append(line)
                        (line, width) = ("", 0)
                    }
                    line.append(character)
                    width += step
                }
                continue
            }
            line += (width > 0 ? " " : "") + word
            width += wordWidth + (width > 0 ? 1 : 0)
        }
        lines.append(line)
        return lines
    }
}
