extension OutputStream {
    /// Writes a sentence of any length: broken between words where the terminal would break it inside one, and left as
    /// it is where this is no terminal.
    @discardableResult
    public func prose(_ text: String) -> Bool {
        guard let columns = TerminalSize(descriptor: descriptor).map({ Int($0.columns) }), columns >= 20 else {
            return line(text)
        }
        return line(LineWrap.lines(text, columns: columns).joined(separator: "\n"))
    }
}
