import Commands
import Terminal

extension CommandContext {
    /// Columns and rows of the caller's terminal; 80 by 24 where it is none or does not know.
    var terminalSize: (columns: UInt16, rows: UInt16) {
        let size = TerminalSize(descriptor: output.descriptor)
        return (size?.columns ?? 80, size?.rows ?? 24)
    }
}
