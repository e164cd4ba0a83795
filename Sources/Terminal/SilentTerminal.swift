import Glibc
import Synchronization

/// A terminal that does not show what is typed (termios(3), `ECHO`): for passwords. It is put back as it was by `restore`,
/// at the latest when the last reference goes.
public final class SilentTerminal: Sendable {
    private let descriptor: Int32
    private let saved: Mutex<termios?>

    /// Silences the terminal behind `descriptor`; nil where it is no terminal. The descriptor is the caller's and must stay
    /// open until `restore`.
    public init?(descriptor: Int32) {
        var original = termios()
        guard tcgetattr(descriptor, &original) == 0 else { return nil }
        var silent = original
        silent.c_lflag &= ~tcflag_t(ECHO)
        silent.c_lflag |= tcflag_t(ICANON | ISIG)
        silent.c_iflag |= tcflag_t(ICRNL)
        guard tcsetattr(descriptor, TCSAFLUSH, &silent) == 0 else { return nil }
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
