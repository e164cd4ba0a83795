extension DNSMessage {
    /// The answer to a forwarded query that nobody answered.
    public static func failure(for bytes: [UInt8]) -> [UInt8]? {
        guard let query = try? DNSMessage(parsing: bytes) else { return nil }
        var reply = DNSMessage(id: query.id)
        reply.isResponse = true
        reply.recursionDesired = query.recursionDesired
        reply.recursionAvailable = true
        reply.questions = query.questions
        reply.code = .serverFailure
        return reply.encoded(limit: 512)
    }
}
