public import Glibc

/// The settings of a terminal (termios(3)), kept so that they can be put back.
public struct TerminalMode: Sendable {
    /// The terminal; owned by the caller.
    public let descriptor: Int32
    /// As they were when this was made.
    public let settings: termios

    /// The present settings.
    /// - Returns: nil where `descriptor` is no terminal.
    public init?(of descriptor: Int32) {
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0 else { return nil }
        self.descriptor = descriptor
        self.settings = settings
    }

    /// Passes every key on as it is, with no echo and no signals (cfmakeraw(3)). Pending keys are kept.
    public func makeRaw() {
        var raw = settings
        cfmakeraw(&raw)
        _ = tcsetattr(descriptor, TCSADRAIN, &raw)
    }

    /// Puts the settings back. Pending keys are kept.
    public func restore() {
        var settings = settings
        _ = tcsetattr(descriptor, TCSADRAIN, &settings)
    }

    /// The key that interrupts, while the terminal makes signals of keys.
    public var interruptKey: UInt8? {
        settings.c_lflag & tcflag_t(ISIG) == 0 ? nil : settings.c_cc.0
    }
}
