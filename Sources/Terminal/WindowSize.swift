import Glibc

/// Columns and rows of a terminal (ioctl_tty(2), `TIOCGWINSZ`).
public struct WindowSize: Sendable, Hashable {
    public var columns: UInt16
    public var rows: UInt16

    public init(columns: UInt16, rows: UInt16) {
        self.columns = columns
        self.rows = rows
    }

    /// The size of the terminal behind `descriptor`.
    /// - Returns: nil where it is no terminal or does not know its size.
    public init?(of descriptor: Int32) {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        columns = size.ws_col
        rows = size.ws_row
    }

    /// Tells the (pseudo-)terminal its size; its foreground processes get SIGWINCH.
    public func apply(to descriptor: Int32) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
    }
}
