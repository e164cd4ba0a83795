extension DNSMessage {
    /// The message as it travels. Names are compressed (RFC 1035 §4.1.4).
    public func encoded() -> [UInt8] {
        var writer = DNSWriter()
        writer.uint16(id)
        var flags: UInt16 = isResponse ? 0x8000 : 0
        flags |= UInt16(opcode & 0xF) << 11
        if isAuthoritative { flags |= 0x0400 }
        if isTruncated { flags |= 0x0200 }
        if recursionDesired { flags |= 0x0100 }
        if recursionAvailable { flags |= 0x0080 }
        writer.uint16(flags | code.rawValue & 0xF)
        let additionalCount = additionals.count + (self.extension == nil ? 0 : 1)
        for count in [questions.count, answers.count, authorities.count, additionalCount] {
            writer.uint16(UInt16(clamping: count))
        }
        for question in questions {
            writer.name(question.name)
            writer.uint16(question.type.rawValue)
            writer.uint16(question.recordClass)
        }
        for record in answers + authorities + additionals { writer.record(record) }
        if let option = self.extension {
            writer.bytes.append(0)
            writer.uint16(RecordType.opt.rawValue)
            writer.uint16(option.payloadSize)
            let flags: UInt32 = option.wantsDNSSEC ? 0x8000 : 0
            writer.uint32(UInt32(code.rawValue >> 4) << 24 | UInt32(option.version) << 16 | flags)
            writer.uint16(0)
        }
        return writer.bytes
    }

    /// The message in at most `limit` octets: records are left out from the end, and it is marked as truncated where
    /// answers had to go (RFC 2181 §9). Additional records may go without a mark.
    public func encoded(limit: Int) -> [UInt8] {
        var message = self
        var bytes = message.encoded()
        while bytes.count > limit {
            if !message.additionals.isEmpty {
                message.additionals = []
            } else if !message.answers.isEmpty {
                message.isTruncated = true
                message.answers.removeLast(max(1, message.answers.count / 4))
            } else if !message.authorities.isEmpty {
                message.isTruncated = true
                message.authorities = []
            } else {
                break
            }
            bytes = message.encoded()
        }
        return bytes
    }
}

private struct DNSWriter {
    var bytes: [UInt8] = []
    /// Where a name, or the end of one, stands already; only the first 16 KiB can be pointed to.
    private var places: [[[UInt8]]: Int] = [:]

    mutating func uint16(_ value: UInt16) {
        bytes.append(UInt8(value >> 8))
        bytes.append(UInt8(value & 0xFF))
    }

    mutating func uint32(_ value: UInt32) {
        uint16(UInt16(value >> 16))
        uint16(UInt16(value & 0xFFFF))
    }

    mutating func name(_ name: DomainName, compresses: Bool = true) {
        var rest = name.labels[...]
        while let label = rest.first {
            let key = rest.map { $0.map(DomainName.lower) }
            if compresses, let place = places[key] { return uint16(0xC000 | UInt16(place)) }
            if bytes.count < 0x4000 { places[key] = bytes.count }
            bytes.append(UInt8(label.count))
            bytes.append(contentsOf: label)
            rest = rest.dropFirst()
        }
        bytes.append(0)
    }

    mutating func record(_ record: DNSMessage.Record) {
        name(record.name)
        uint16(record.data.type.rawValue)
        uint16(1)
        uint32(record.ttl)
        let lengthPlace = bytes.count
        uint16(0)
        switch record.data {
        case .a(let address): uint32(address.value)
        case .cname(let target), .ns(let target), .ptr(let target): name(target)
        case .srv(let priority, let weight, let port, let target):
            for number in [priority, weight, port] { uint16(number) }
            // RFC 2782: the target is not compressed.
            name(target, compresses: false)
        case .soa(let authority):
            name(authority.server)
            name(authority.mailbox)
            for number in [authority.serial, authority.refresh, authority.retry, authority.expire, authority.minimum] {
                uint32(number)
            }
        case .txt(let data), .other(_, let data): bytes.append(contentsOf: data)
        }
        let length = bytes.count - lengthPlace - 2
        bytes[lengthPlace] = UInt8(length >> 8 & 0xFF)
        bytes[lengthPlace + 1] = UInt8(length & 0xFF)
    }
}
