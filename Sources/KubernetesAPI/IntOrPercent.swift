public import Documents

/// A count, or a share of another count written `25%` (`intstr.IntOrString` as `maxSurge` uses it).
public enum IntOrPercent: Sendable, Hashable {
    case count(Int)
    /// 0 and up; 100 is all.
    case percent(Int)

    /// A number or a string such as `25%`; nil for anything else.
    public init?(document: JSONValue) {
        switch document {
        case .number(let number):
            guard let count = number.int64 else { return nil }
            self = .count(Int(count))
        case .string(let text):
            guard text.hasSuffix("%"), let percent = Int(text.dropLast()), percent >= 0, !text.hasPrefix("+") else {
                return nil
            }
            self = .percent(percent)
        default: return nil
        }
    }

    public var document: JSONValue {
        switch self {
        case .count(let count): .integer(count)
        case .percent(let percent): .string("\(percent)%")
        }
    }

    /// The count it stands for, of `total`. Shares are rounded up for `maxSurge` and down for `maxUnavailable`.
    public func resolved(of total: Int, roundingUp: Bool) -> Int {
        switch self {
        case .count(let count): count
        case .percent(let percent):
            roundingUp ? (percent * total + 99) / 100 : percent * total / 100
        }
    }
}
