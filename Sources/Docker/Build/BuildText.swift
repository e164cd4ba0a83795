import Terminal

/// Text of a build as one line of a terminal.
enum BuildText {
    /// Tabs are two blanks wide, what follows a carriage return takes the place of what is before it, and control
    /// characters are shown.
    static func line(_ text: String) -> String {
        var last = Substring(text)
        while last.last == "\r" { last = last.dropLast() }
        if let start = last.lastIndex(of: "\r") { last = last[last.index(after: start)...] }
        return VisibleText.lines(last.split(separator: "\t", omittingEmptySubsequences: false).joined(separator: "  "))
    }
}
