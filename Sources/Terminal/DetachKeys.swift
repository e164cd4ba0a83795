import Glibc
import Synchronization

/// Keys by which a terminal is left while what is behind it goes on: `ctrl-p,ctrl-q`.
public struct DetachKeys: Sendable, Hashable {
    public let bytes: [UInt8]

    public static let standard = DetachKeys(bytes: [0x10, 0x11])

    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads docker's way to write them: single characters and `ctrl-` with a letter or one of `@[\]^_`, with commas.
    /// Empty is none. Nil where it is not understood.
    public init?(_ text: String) {
        var bytes: [UInt8] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) where !text.isEmpty {
            let key = part.lowercased()
            if key.hasPrefix("ctrl-"), key.utf8.count == 6, let last = key.utf8.last {
                let number = last >= UInt8(ascii: "a") && last <= UInt8(ascii: "z") ? last - 0x60 : last & 0x1f
                guard last == UInt8(ascii: "@") || last >= UInt8(ascii: "[") else { return nil }
                bytes.append(number)
            } else if part.utf8.count == 1, let byte = part.utf8.first {
                bytes.append(byte)
            } else {
                return nil
            }
        }
        self.bytes = bytes
    }
}

/// Finds keys in a stream of bytes, holding back what may become them.
public struct DetachKeyFinder: Sendable {
    private let keys: [UInt8]
    private var matched = 0

    public init(_ keys: DetachKeys) {
        self.keys = keys.bytes
    }

    /// - Returns: what may pass, and whether the keys were found; what is behind them is dropped.
    public mutating func pass(_ input: some Sequence<UInt8>) -> (bytes: [UInt8], isFound: Bool) {
        var passed: [UInt8] = []
        for byte in input {
            if keys.isEmpty {
                passed.append(byte)
                continue
            }
            if byte != keys[matched] {
                passed += keys[..<matched]
                matched = 0
            }
            if byte == keys[matched] {
                matched += 1
                if matched == keys.count { return (passed, true) }
            } else {
                passed.append(byte)
            }
        }
        return (passed, false)
    }
}

/// The keys of a terminal on their way to a program, as long as nobody presses those that detach.
public final class DetachableInput: Sendable {
    /// The program's side; closed by `stop`.
    public let readEnd: Int32
    private let writeEnd: Int32
    private let wake = WakePipe()
    private let isOver = Mutex(false)

    /// - Parameter source: stays the caller's, and open until `stop`.
    public init?(source: Int32, keys: DetachKeys, detached: @escaping @Sendable () -> Void) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (readEnd, writeEnd) = (ends[0], ends[1])
        let (end, wake) = (writeEnd, wake)
        Task {
            let found = await BlockingThread.run { Self.copy(source, to: end, wake, keys) }
            close(end)
            if found { detached() }
        }
    }

    /// - Returns: whether the keys were pressed.
    private static func copy(_ source: Int32, to target: Int32, _ wake: WakePipe, _ keys: DetachKeys) -> Bool {
        var finder = DetachKeyFinder(keys)
        var buffer = [UInt8](repeating: 0, count: 4096)
        while wake.waitReadable(source) {
            let count = read(source, &buffer, buffer.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            if count <= 0 { return false }
            let (bytes, isFound) = finder.pass(buffer[..<count])
            var rest = bytes[...]
            while !rest.isEmpty {
                guard wake.waitWritable(target) else { return false }
                let written = rest.withUnsafeBytes { write(target, $0.baseAddress, min($0.count, 4096)) }
                if written < 0, errno != EINTR { return false }
                rest = rest.dropFirst(max(0, written))
            }
            if isFound { return true }
        }
        return false
    }

    /// Reads no more keys.
    public func stop() {
        let isFirst = isOver.withLock { over in
            defer { over = true }
            return !over
        }
        guard isFirst else { return }
        wake.wake()
        close(readEnd)
    }
}
