/// A place in a JSON document (RFC 6901).
struct JSONPointer {
    /// Unescaped reference tokens from the root.
    let tokens: [String]

    /// Reads `/spec/containers/0`; nil where the text is no pointer.
    init?(_ text: String) {
        guard !text.isEmpty else {
            tokens = []
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        var tokens: [String] = []
        for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            var token = ""
            var isEscaped = false
            for scalar in part.unicodeScalars {
                if isEscaped {
                    switch scalar {
                    case "0": token.unicodeScalars.append("~")
                    case "1": token.unicodeScalars.append("/")
                    default: return nil
                    }
                    isEscaped = false
                } else if scalar == "~" {
                    isEscaped = true
                } else {
                    token.unicodeScalars.append(scalar)
                }
            }
            if isEscaped { return nil }
            tokens.append(token)
        }
        self.tokens = tokens
    }

    /// The value there, or nil.
    func value(in document: JSONValue) -> JSONValue? {
        var value = document
        for token in tokens {
            switch value {
            case .object(let object):
                guard let member = object[token] else { return nil }
                value = member
            case .array(let array):
                guard let index = Self.index(token), index < array.count else { return nil }
                value = array[index]
            default: return nil
            }
        }
        return value
    }

    /// An array index: digits without a leading zero.
    static func index(_ token: String) -> Int? {
        let bytes = token.utf8
        guard let first = bytes.first, bytes.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            bytes.count == 1 || first != UInt8(ascii: "0")
        else { return nil }
        return Int(token)
    }
}
