import Terminal

/// How far a download of a build is.
enum TransferText {
    /// ` 1.05MB / 3.4MB`; empty where no sizes are known.
    static func sizes(current: Int, total: Int) -> String {
        if total > 0 { return " \(ByteSize.decimal(current)) / \(ByteSize.decimal(total))" }
        return current > 0 ? " \(ByteSize.decimal(current))" : ""
    }
}

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
