import DNS

/// What is done with a query from a container: pure, so that every byte that may arrive can be tried.
enum NameReaction: Hashable {
    case reply([UInt8])
    /// Ask somebody else.
    case forward(Source)
    /// Not a query; answering could be abused.
    case drop

    /// Who knows more names.
    enum Source: Hashable {
        /// Of a domain that somebody inside looks after.
        case delegate
        case outside
    }

    /// - Parameters:
    ///   - isStream: over TCP, where answers may be long.
    ///   - sources: those that can be asked.
    ///   - delegated: domains, as labels, whose names are asked of their own server.
    ///   - rotation: which of several addresses comes first.
    init(
        to bytes: [UInt8], isStream: Bool, zone: ContainerZone, networks: [String], sources: Set<Source>,
        delegated: [[String]] = [], rotation: Int
    ) {
        guard let query = try? DNSMessage(parsing: bytes) else {
            self = Self.malformed(bytes)
            return
        }
        guard !query.isResponse else {
            self = .drop
            return
        }
        var reply = DNSMessage(id: query.id)
        reply.isResponse = true
        reply.opcode = query.opcode
        reply.recursionDesired = query.recursionDesired
        reply.recursionAvailable = true
        reply.questions = query.questions
        if query.extension != nil { reply.extension = .init(payloadSize: 1232) }
        if query.opcode != 0 {
            reply.code = .notImplemented
        } else if query.questions.count == 1, let question = query.questions.first {
            switch zone.answer(question, networks: networks) {
            case .found(let data):
                let first = data.isEmpty ? 0 : rotation % data.count
                reply.answers = (data[first...] + data[..<first]).map {
                    .init(question.name, ttl: ContainerZone.ttl, $0)
                }
            case .noSuchName: reply.code = .nameError
            case .elsewhere:
                let isDelegated = delegated.contains { question.name.labels(before: $0) != nil }
                let source: Source = isDelegated ? .delegate : .outside
                if sources.contains(source), question.recordClass == 1 {
                    self = .forward(source)
                    return
                }
                reply.code = sources.contains(source) ? .refused : .nameError
            }
        } else {
            reply.code = .formatError
        }
        let limit = isStream ? Int(UInt16.max) : Int(max(512, min(query.extension?.payloadSize ?? 512, 1232)))
        self = .reply(reply.encoded(limit: limit))
    }

    /// As far as there is a header that says *query*, the sender learns that it could not be read.
    private static func malformed(_ bytes: [UInt8]) -> NameReaction {
        guard bytes.count >= 12, bytes[2] & 0x80 == 0 else { return .drop }
        var reply = DNSMessage(id: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
        reply.isResponse = true
        reply.code = .formatError
        return .reply(reply.encoded())
    }
}
