/// A DNS message (RFC 1035 §4), with the parts of EDNS(0) that a resolver needs (RFC 6891).
public struct DNSMessage: Sendable, Hashable {
    public var id: UInt16
    public var isResponse = false
    public var opcode: UInt8 = 0
    public var isAuthoritative = false
    public var isTruncated = false
    public var recursionDesired = false
    public var recursionAvailable = false
    public var code: ResponseCode = .noError
    public var questions: [Question] = []
    public var answers: [Record] = []
    public var authorities: [Record] = []
    /// Without the OPT record, which is `extension`.
    public var additionals: [Record] = []
    public var `extension`: Extension?

    public init(id: UInt16) {
        self.id = id
    }

    public struct ResponseCode: Sendable, Hashable, RawRepresentable {
        /// 12 bits with EDNS, of which the upper 8 travel in the OPT record.
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        public static let noError = ResponseCode(rawValue: 0)
        public static let formatError = ResponseCode(rawValue: 1)
        public static let serverFailure = ResponseCode(rawValue: 2)
        public static let nameError = ResponseCode(rawValue: 3)
        public static let notImplemented = ResponseCode(rawValue: 4)
        public static let refused = ResponseCode(rawValue: 5)
        public static let badVersion = ResponseCode(rawValue: 16)
    }

    public struct RecordType: Sendable, Hashable, RawRepresentable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        public static let a = RecordType(rawValue: 1)
        public static let ns = RecordType(rawValue: 2)
        public static let cname = RecordType(rawValue: 5)
        public static let soa = RecordType(rawValue: 6)
        public static let ptr = RecordType(rawValue: 12)
        public static let txt = RecordType(rawValue: 16)
        public static let aaaa = RecordType(rawValue: 28)
        public static let srv = RecordType(rawValue: 33)
        public static let opt = RecordType(rawValue: 41)
        public static let any = RecordType(rawValue: 255)
    }

    public struct Question: Sendable, Hashable {
        public var name: DomainName
        public var type: RecordType
        /// 1 is IN.
        public var recordClass: UInt16
        public init(_ name: DomainName, _ type: RecordType, recordClass: UInt16 = 1) {
            self.name = name
            self.type = type
            self.recordClass = recordClass
        }
    }

    public struct Record: Sendable, Hashable {
        public var name: DomainName
        /// Seconds.
        public var ttl: UInt32
        public var data: RecordData
        public init(_ name: DomainName, ttl: UInt32, _ data: RecordData) {
            self.name = name
            self.ttl = ttl
            self.data = data
        }
    }

    public enum RecordData: Sendable, Hashable {
        case a(IPv4)
        case cname(DomainName)
        case ns(DomainName)
        case ptr(DomainName)
        case srv(priority: UInt16, weight: UInt16, port: UInt16, target: DomainName)
        case soa(StartOfAuthority)
        case txt([UInt8])
        case other(RecordType, [UInt8])

        public var type: RecordType {
            switch self {
            case .a: .a
            case .cname: .cname
            case .ns: .ns
            case .ptr: .ptr
            case .srv: .srv
            case .soa: .soa
            case .txt: .txt
            case .other(let type, _): type
            }
        }
    }

    public struct StartOfAuthority: Sendable, Hashable {
        public var server: DomainName
        public var mailbox: DomainName
        public var serial: UInt32
        public var refresh: UInt32
        public var retry: UInt32
        public var expire: UInt32
        public var minimum: UInt32

        public init(
            server: DomainName, mailbox: DomainName, serial: UInt32, refresh: UInt32, retry: UInt32, expire: UInt32,
            minimum: UInt32
        ) {
            self.server = server
            self.mailbox = mailbox
            self.serial = serial
            self.refresh = refresh
            self.retry = retry
            self.expire = expire
            self.minimum = minimum
        }
    }

    /// The OPT record.
    public struct Extension: Sendable, Hashable {
        public var payloadSize: UInt16
        public var version: UInt8 = 0
        public var wantsDNSSEC = false

        public init(payloadSize: UInt16, version: UInt8 = 0, wantsDNSSEC: Bool = false) {
            self.payloadSize = payloadSize
            self.version = version
            self.wantsDNSSEC = wantsDNSSEC
        }
    }
}

/// An IPv4 address in host order.
public struct IPv4: Sendable, Hashable {
    public let value: UInt32
    public init(_ value: UInt32) { self.value = value }

    /// Dotted decimal without leading zeros.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                part.utf8.count == 1 || part.utf8.first != 0x30, let octet = UInt8(part)
            else { return nil }
            value = value << 8 | UInt32(octet)
        }
        self.value = value
    }

    public var octets: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
    public var text: String { octets.map(String.init).joined(separator: ".") }
}
