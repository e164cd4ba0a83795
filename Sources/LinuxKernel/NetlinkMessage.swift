/// One request to the kernel over netlink(7): a header, a fixed part, and attributes that may nest. Numbers are in the
/// machine's byte order, addresses as they travel.
public struct NetlinkMessage: Sendable, Hashable {
    /// Bits of `nlmsg_flags`.
    public struct Flags: OptionSet, Sendable, Hashable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        public static let request = Flags(rawValue: 0x001)
        /// Answer also when all went well.
        public static let acknowledge = Flags(rawValue: 0x004)
        /// Everything that matches, not one.
        public static let dump = Flags(rawValue: 0x300)
        public static let replace = Flags(rawValue: 0x100)
        /// Refuse if it exists.
        public static let exclusive = Flags(rawValue: 0x200)
        public static let create = Flags(rawValue: 0x400)
    }

    public let type: UInt16
    public var flags: Flags
    /// What the request is for, as an error names it: `add route 10.0.0.1`.
    public let stage: String
    private var body: [UInt8]

    /// - Parameter fixed: the structure that follows the header, e.g. `struct rtmsg`.
    public init(type: UInt16, flags: Flags, stage: String, fixed: [UInt8]) {
        self.type = type
        self.flags = flags.union(.request)
        self.stage = stage
        body = fixed
        pad()
    }

    public mutating func append(_ attribute: UInt16, _ bytes: [UInt8]) {
        append(number: UInt16(4 + bytes.count))
        append(number: attribute)
        body += bytes
        pad()
    }

    public mutating func append(_ attribute: UInt16, number: some FixedWidthInteger) {
        append(attribute, Self.bytes(number))
    }

    /// A string with its terminating zero.
    public mutating func append(_ attribute: UInt16, string: String) {
        append(attribute, Array(string.utf8) + [0])
    }

    /// An attribute that holds what `content` appends.
    public mutating func nest(_ attribute: UInt16, _ content: (inout NetlinkMessage) -> Void) {
        let start = body.count
        append(attribute, [])
        content(&self)
        body.replaceSubrange(start..<start + 2, with: Self.bytes(UInt16(body.count - start)))
    }

    /// A structure inside an attribute, ahead of that attribute's own attributes.
    public mutating func append(fixed: [UInt8]) {
        body += fixed
        pad()
    }

    /// The message as it is sent.
    public func encoded(sequence: UInt32) -> [UInt8] {
        Self.bytes(UInt32(16 + body.count)) + Self.bytes(type) + Self.bytes(flags.rawValue) + Self.bytes(sequence)
            + Self.bytes(UInt32(0)) + body
    }

    public static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number) { Array($0) }
    }

    private mutating func append(number: UInt16) { body += Self.bytes(number) }

    private mutating func pad() {
        while body.count % 4 != 0 { body.append(0) }
    }
}

/// A request that the kernel refused.
public struct NetlinkError: Error, Sendable, Hashable {
    public let stage: String
    public let errno: Int32
}
