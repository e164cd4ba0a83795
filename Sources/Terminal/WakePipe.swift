import Glibc

/// Ends a wait for a descriptor from another thread.
final class WakePipe: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        // The Glibc module does not show pipe2(2).
        if pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
            }
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        if readEnd >= 0 { close(readEnd) }
        if writeEnd >= 0 { close(writeEnd) }
    }

    /// Every wait, also a later one, ends.
    func wake() {
        var byte: UInt8 = 0
        _ = Glibc.write(writeEnd, &byte, 1)
    }

    /// Waits until `descriptor` can be read (or is at its end).
    /// - Returns: false if woken instead.
    func waitReadable(_ descriptor: Int32) -> Bool { wait(descriptor, POLLIN) }

    /// Waits until `descriptor` takes bytes, or nobody reads it any more.
    /// - Returns: false if woken instead.
    func waitWritable(_ descriptor: Int32) -> Bool { wait(descriptor, POLLOUT) }

    private func wait(_ descriptor: Int32, _ events: Int32) -> Bool {
        while true {
            var waits = [
                pollfd(fd: descriptor, events: Int16(events), revents: 0),
                pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&waits, 2, -1)
            if count < 0, errno == EINTR { continue }
            return waits[1].revents == 0 && count > 0
        }
    }
}
