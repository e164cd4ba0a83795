import CEditline
import Glibc
import Terminal

/// A pseudo-terminal (pty(7)) for a command that runs in process.
final class PseudoTerminal {
    let leader: Int32
    /// The side that the command sees.
    private(set) var follower: Int32

    /// - Returns: nil if the kernel has none left.
    init?(size: Terminal.TerminalSize?) {
        var (leader, follower): (Int32, Int32) = (-1, -1)
        guard ce_open_terminal_pair(&leader, &follower) == 0 else { return nil }
        self.leader = leader
        self.follower = follower
        if let size { resize(to: size) }
        var settings = termios()
        if tcgetattr(follower, &settings) == 0 {
            settings.c_iflag |= tcflag_t(IUTF8)
            tcsetattr(follower, TCSANOW, &settings)
        }
    }

    deinit {
        close(leader)
        if follower >= 0 { close(follower) }
    }

    /// Gives the follower's descriptor away; whoever takes it closes it.
    func takeFollower() -> Int32 {
        defer { follower = -1 }
        return follower
    }

    func resize(to size: Terminal.TerminalSize) {
        var size = winsize(ws_row: size.rows, ws_col: size.columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(leader, UInt(TIOCSWINSZ), &size)
    }

    /// Keys make signals now (`ISIG`), and this is the one that interrupts or quits.
    func isInterrupt(_ key: UInt8) -> Bool {
        var settings = termios()
        guard tcgetattr(leader, &settings) == 0, settings.c_lflag & tcflag_t(ISIG) != 0 else { return false }
        return key == settings.c_cc.0 || key == settings.c_cc.1
    }

    /// Keys make signals now, and this is the one that stops a job.
    func isStop(_ key: UInt8) -> Bool {
        var settings = termios()
        guard tcgetattr(leader, &settings) == 0, settings.c_lflag & tcflag_t(ISIG) != 0 else { return false }
        return key == settings.c_cc.10
    }

    /// Keys that have arrived and that nobody has read.
    static func drain(_ follower: Int32) -> [UInt8] {
        var settings = termios()
        guard tcgetattr(follower, &settings) == 0 else { return [] }
        settings.c_lflag &= ~tcflag_t(ICANON)
        settings.c_cc.6 = 0
        settings.c_cc.5 = 0
        tcsetattr(follower, TCSANOW, &settings)
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(follower, &buffer, buffer.count)
        return Array(buffer[..<max(count, 0)])
    }
}

/// A descriptor that is closed when nobody keeps it any more.
final class KeptDescriptor: Sendable {
    let number: Int32

    init(owning number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }
}
