import CLinux

/// A message to or from the first process of a virtual machine (GuestProtocol.h).
struct GuestFrame: Sendable, Hashable {
    enum Kind: UInt8, Sendable {
        case run = 0x52, input = 0x49, signal = 0x53, resize = 0x57, halt = 0x51
        case hello = 0x48, output = 0x4F, error = 0x45, exit = 0x58
        case acknowledge = 0x41
    }

    /// The channel on which the end of the console's shell is told.
    static let consoleChannel = UInt16.max

    var kind: Kind
    var channel: UInt16
    var payload: [UInt8]

    init(_ kind: Kind, channel: UInt16 = 0, _ payload: [UInt8] = []) {
        self.kind = kind
        self.channel = channel
        self.payload = payload
    }

    var bytes: [UInt8] {
        [UInt8(GUEST_MARK), kind.rawValue] + Self.bytes(of: channel) + Self.bytes(of: UInt16(payload.count)) + payload
    }

    static func bytes(of number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    /// A little-endian number at the beginning of the payload; nil where it is too short.
    func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        let size = MemoryLayout<Number>.size
        guard payload.count >= size else { return nil }
        return Number(littleEndian: payload.withUnsafeBytes { $0.loadUnaligned(as: Number.self) })
    }
}

extension GuestFrame {
    /// What starts a command.
    /// - Returns: nil if that is more than a frame holds.
    static func run(
        channel: UInt16, _ command: [String], environment: [String], terminal: (columns: UInt16, rows: UInt16)?
    ) -> GuestFrame? {
        guard (1...255).contains(command.count), environment.count <= 255 else { return nil }
        var payload: [UInt8] = [terminal == nil ? 0 : UInt8(GUEST_RUN_TERMINAL)]
        payload += bytes(of: terminal?.columns ?? 0) + bytes(of: terminal?.rows ?? 0) + [UInt8(command.count)]
        for word in command + environment {
            guard !word.utf8.contains(0) else { return nil }
            payload += Array(word.utf8) + [0]
        }
        return payload.count <= GUEST_PAYLOAD_LIMIT ? GuestFrame(.run, channel: channel, payload) : nil
    }
}

/// Finds frames in what comes over a serial line, and passes over everything else.
struct GuestFrameParser {
    private var pending: [UInt8] = []
    private static let headerSize = 6

    /// The frames that are whole now.
    mutating func append(_ bytes: some Collection<UInt8>) -> [GuestFrame] {
        pending.append(contentsOf: bytes)
        var frames: [GuestFrame] = []
        var position = 0
        while pending.count - position >= Self.headerSize {
            let length = Int(pending[position + 4]) + Int(pending[position + 5]) << 8
            guard pending[position] == UInt8(GUEST_MARK), let kind = GuestFrame.Kind(rawValue: pending[position + 1]),
                length <= GUEST_PAYLOAD_LIMIT
            else {
                position += 1
                continue
            }
            let end = position + Self.headerSize + length
            guard end <= pending.count else { break }
            let channel = UInt16(pending[position + 2]) + UInt16(pending[position + 3]) << 8
            frames.append(
                GuestFrame(kind, channel: channel, Array(pending[(position + Self.headerSize)..<end])))
            position = end
        }
        pending.removeFirst(position)
        return frames
    }
}
