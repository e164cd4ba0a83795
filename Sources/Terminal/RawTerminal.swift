import Glibc
import Synchronization

/// A terminal in raw mode (termios(3), `cfmakeraw`): every key goes to the program at the other end, Ctrl-C included.
/// It is put back as it was by `restore`, at the latest when the last reference goes.
public final class RawTerminal: Sendable {
    private let descriptor: Int32
    private let saved: Mutex<termios?>

    /// Puts the terminal behind `descriptor` into raw mode; nil where it is no terminal. The descriptor is the caller's
    /// and must stay open until `restore`.
    public init?(descriptor: Int32) {
        var original = termios()
        guard tcgetattr(descriptor, &original) == 0 else { return nil }
        var raw = original
        cfmakeraw(&raw)
        guard tcsetattr(descriptor, TCSADRAIN, &raw) == 0 else { return nil }
        self.descriptor = descriptor
        saved = Mutex(original)
    }

    /// Puts the terminal back. Calling it again does nothing.
    public func restore() {
        saved.withLock { saved in
            guard var original = saved else { return }
            saved = nil
            _ = tcsetattr(descriptor, TCSADRAIN, &original)
        }
    }

    deinit {
        restore()
    }
}
