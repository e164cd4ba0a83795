/// The first part of an answer: status and headers.
public struct HTTPHead: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]

    public init(status: Int, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.headers = headers
    }

    /// The first header of that name, whatever its case.
    public subscript(name: String) -> String? { all(name).first }

    /// All headers of that name.
    public func all(_ name: String) -> [String] {
        let name = name.lowercased()
        return headers.filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// Takes in a line as it came. An answer may have several heads (`100 Continue`): the last one counts.
    /// - Returns: false for what is no line of a head.
    mutating func append(line: some Sequence<UInt8>) -> Bool {
        let text = String(decoding: Array(line), as: UTF8.self).trimmingLineEnd
        if text.isEmpty { return true }
        if text.hasPrefix("HTTP/") {
            let words = text.split(separator: " ", omittingEmptySubsequences: true)
            guard words.count >= 2, let status = Int(words[1]), (100...999).contains(status) else { return false }
            self = HTTPHead(status: status)
            return true
        }
        guard let colon = text.firstIndex(of: ":"), headers.count < 200 else { return false }
        let value = text[text.index(after: colon)...]
        headers.append((String(text[..<colon]), value.trimmingSpaces))
        return true
    }
}

extension StringProtocol {
    fileprivate var trimmingLineEnd: String {
        String(self[..<(lastIndex { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }.map { index(after: $0) } ?? startIndex)])
    }

    /// Without spaces and tabs on either side (OWS, RFC 9110 §5.6.3).
    var trimmingSpaces: String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        let start = drop(while: isSpace)
        return String(start[..<(start.lastIndex { !isSpace($0) }.map { start.index(after: $0) } ?? start.startIndex)])
    }
}
