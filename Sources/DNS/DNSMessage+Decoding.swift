/// Why a datagram is not a DNS message.
public enum DNSParseError: Error, Sendable, Hashable {
    case tooShort
    /// A label longer than 63 octets, a name longer than 255, or a pointer that does not go back.
    case badName
    /// Record data that does not fit its type.
    case badRecord
}

extension DNSMessage {
    /// The message in `bytes`; what follows it is ignored.
    public init(parsing bytes: [UInt8]) throws(DNSParseError) {
        var reader = DNSReader(bytes: bytes)
        id = try reader.uint16()
        let flags = try reader.uint16()
        isResponse = flags & 0x8000 != 0
        opcode = UInt8(flags >> 11 & 0xF)
        isAuthoritative = flags & 0x0400 != 0
        isTruncated = flags & 0x0200 != 0
        recursionDesired = flags & 0x0100 != 0
        recursionAvailable = flags & 0x0080 != 0
        var code = flags & 0xF
        let counts = (try reader.uint16(), try reader.uint16(), try reader.uint16(), try reader.uint16())
        for _ in 0..<counts.0 {
            let name = try reader.name()
            questions.append(
                Question(name, RecordType(rawValue: try reader.uint16()), recordClass: try reader.uint16()))
        }
        for _ in 0..<counts.1 { answers.append(try reader.record().record) }
        for _ in 0..<counts.2 { authorities.append(try reader.record().record) }
        for _ in 0..<counts.3 {
            let (record, recordClass) = try reader.record()
            guard record.data.type == .opt else {
                additionals.append(record)
                continue
            }
            code |= UInt16(truncatingIfNeeded: record.ttl >> 24) << 4
            self.extension = Extension(
                payloadSize: recordClass, version: UInt8(truncatingIfNeeded: record.ttl >> 16),
                wantsDNSSEC: record.ttl & 0x8000 != 0)
        }
        self.code = ResponseCode(rawValue: code)
    }
}

private struct DNSReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func uint8() throws(DNSParseError) -> UInt8 {
        guard position < bytes.count else { throw .tooShort }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func uint16() throws(DNSParseError) -> UInt16 {
        UInt16(try uint8()) << 8 | UInt16(try uint8())
    }

    mutating func uint32() throws(DNSParseError) -> UInt32 {
        UInt32(try uint16()) << 16 | UInt32(try uint16())
    }

    mutating func take(_ count: Int) throws(DNSParseError) -> [UInt8] {
        guard position + count <= bytes.count else { throw .tooShort }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// A name, following pointers. Each pointer must go back beyond the one before, so that there is an end.
    mutating func name() throws(DNSParseError) -> DomainName {
        var labels: [[UInt8]] = []
        var length = 1
        var floor = position
        var resume: Int?
        while true {
            let size = try uint8()
            switch size >> 6 {
            case 0 where size == 0:
                if let resume { position = resume }
                guard let name = DomainName(labels: labels) else { throw .badName }
                return name
            case 0:
                length += Int(size) + 1
                guard length <= 255 else { throw .badName }
                labels.append(try take(Int(size)))
            case 3:
                let target = Int(size & 0x3F) << 8 | Int(try uint8())
                guard target < floor else { throw .badName }
                if resume == nil { resume = position }
                floor = target
                position = target
            default: throw .badName
            }
        }
    }

    mutating func record() throws(DNSParseError) -> (record: DNSMessage.Record, recordClass: UInt16) {
        let name = try name()
        let type = DNSMessage.RecordType(rawValue: try uint16())
        let recordClass = try uint16()
        let ttl = try uint32()
        let length = Int(try uint16())
        let end = position + length
        guard end <= bytes.count else { throw .tooShort }
        let data = try data(type, length: length)
        guard position == end else { throw .badRecord }
        return (DNSMessage.Record(name, ttl: ttl, data), recordClass)
    }

    private mutating func data(_ type: DNSMessage.RecordType, length: Int) throws(DNSParseError)
        -> DNSMessage.RecordData
    {
        switch type {
        case .a where length == 4: return .a(IPv4(try uint32()))
        case .a: throw .badRecord
        case .cname: return .cname(try name())
        case .ns: return .ns(try name())
        case .ptr: return .ptr(try name())
        case .srv:
            return .srv(
                priority: try uint16(), weight: try uint16(), port: try uint16(), target: try name())
        case .soa:
            return .soa(
                DNSMessage.StartOfAuthority(
                    server: try name(), mailbox: try name(), serial: try uint32(), refresh: try uint32(),
                    retry: try uint32(), expire: try uint32(), minimum: try uint32()))
        case .txt: return .txt(try take(length))
        default: return .other(type, try take(length))
        }
    }
}
