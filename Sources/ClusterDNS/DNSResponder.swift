import DNS

/// What to do with a query: pure, so that every byte that may arrive can be tried.
public struct DNSResponder: Sendable {
    public enum Transport: Sendable { case udp, tcp }

    public enum Reaction: Sendable, Hashable {
        case reply([UInt8])
        /// Somebody else's name: ask the resolver of the machine.
        case forward
        /// Not a query; answering could be abused.
        case drop
    }

    /// What we take over UDP with EDNS.
    static let payloadSize: UInt16 = 1232

    private let zone: ClusterZone
    private let forwards: Bool

    /// - Parameter forwards: whether there is a resolver to ask about other names; they are refused otherwise.
    public init(zone: ClusterZone, forwards: Bool) {
        self.zone = zone
        self.forwards = forwards
    }

    public func react(to bytes: [UInt8], over transport: Transport) -> Reaction {
        let query: DNSMessage
        do throws(DNSParseError) {
            query = try DNSMessage(parsing: bytes)
        } catch {
            return malformed(bytes)
        }
        guard !query.isResponse else { return .drop }
        var reply = reply(to: query)
        let limit = Self.limit(query, transport)
        guard query.opcode == 0 else {
            reply.code = .notImplemented
            return .reply(reply.encoded(limit: limit))
        }
        if let option = query.extension, option.version > 0 {
            reply.code = .badVersion
            return .reply(reply.encoded(limit: limit))
        }
        guard query.questions.count == 1, let question = query.questions.first else {
            reply.code = .formatError
            return .reply(reply.encoded(limit: limit))
        }
        guard question.recordClass == 1 || question.recordClass == 255, let answer = zone.answer(question) else {
            if forwards, question.recordClass == 1 { return .forward }
            reply.code = .refused
            return .reply(reply.encoded(limit: limit))
        }
        reply.isAuthoritative = true
        reply.code = answer.code
        reply.answers = answer.answers
        reply.additionals = answer.additionals
        if answer.answers.isEmpty, let authority = zone.authority { reply.authorities = [authority] }
        return .reply(reply.encoded(limit: limit))
    }

    private static func limit(_ query: DNSMessage, _ transport: Transport) -> Int {
        guard transport == .udp else { return Int(UInt16.max) }
        guard let option = query.extension else { return 512 }
        return Int(max(512, min(option.payloadSize, payloadSize)))
    }

    private func reply(to query: DNSMessage) -> DNSMessage {
        var reply = DNSMessage(id: query.id)
        reply.isResponse = true
        reply.opcode = query.opcode
        reply.recursionDesired = query.recursionDesired
        reply.recursionAvailable = forwards
        reply.questions = query.questions
        if query.extension != nil { reply.extension = .init(payloadSize: Self.payloadSize) }
        return reply
    }

    /// As far as there is a header that says *query*, the sender learns that it could not be read.
    private func malformed(_ bytes: [UInt8]) -> Reaction {
        guard bytes.count >= 12, bytes[2] & 0x80 == 0 else { return .drop }
        var reply = DNSMessage(id: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
        reply.isResponse = true
        reply.code = .formatError
        return .reply(reply.encoded())
    }
}
