/// What a stub in the toolbox asks for, as its bytes arrive (the format is told in kijabi-stub).
struct CommandRequest: Sendable, Equatable {
    var workingDirectory: String
    /// The command's name and its arguments.
    var words: [String]
    var environment: [String: String]

    enum Progress: Equatable {
        case incomplete
        case complete(CommandRequest, rest: [UInt8])
        /// It is no request.
        case malformed
    }

    /// Longer than any command line the kernel passes on (execve(2): arguments and environment up to 6 MB).
    static let limit = 8 << 20
    static let magic = Array("kj1\n".utf8)

    static func parse(_ bytes: [UInt8]) -> Progress {
        guard bytes.starts(with: magic.prefix(bytes.count)) else { return .malformed }
        guard bytes.count >= 16 else { return .incomplete }
        let length = Int(number(bytes, at: 4))
        guard length >= 8, length <= limit else { return .malformed }
        guard bytes.count >= 8 + length else { return .incomplete }
        let (wordCount, entryCount) = (Int(number(bytes, at: 8)), Int(number(bytes, at: 12)))
        let texts = bytes[16..<(8 + length)].split(separator: 0, omittingEmptySubsequences: false).dropLast()
        guard texts.count == 1 + wordCount + entryCount, wordCount > 0 else { return .malformed }
        let strings = texts.map { String(decoding: $0, as: UTF8.self) }
        var environment: [String: String] = [:]
        for entry in strings[(1 + wordCount)...] {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { environment[String(parts[0])] = String(parts[1]) }
        }
        let request = CommandRequest(
            workingDirectory: strings[0], words: Array(strings[1...wordCount]), environment: environment)
        return .complete(request, rest: Array(bytes[(8 + length)...]))
    }

    private static func number(_ bytes: [UInt8], at index: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << UInt32(8 * $1) }
    }
}
