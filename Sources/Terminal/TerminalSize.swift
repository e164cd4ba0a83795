import Glibc

/// How many characters a terminal shows.
public struct TerminalSize: Sendable, Hashable {
    public var columns: UInt16
    public var rows: UInt16

    public init(columns: UInt16, rows: UInt16) {
        self.columns = columns
        self.rows = rows
    }

    /// The size of the terminal behind `descriptor`, or nil where it is none or does not know its size
    /// (`TIOCGWINSZ`, ioctl_tty(2)).
    public init?(descriptor: Int32) {
        var size = winsize()
        let answer = withUnsafeMutablePointer(to: &size) { ioctl(descriptor, UInt(TIOCGWINSZ), $0) }
        guard answer == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        self.init(columns: size.ws_col, rows: size.ws_row)
    }
}
