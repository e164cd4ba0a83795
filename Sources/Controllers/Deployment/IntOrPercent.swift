import Documents

/// `intstr.IntOrString`: a count, or a share of another count written `25%`.
enum IntOrPercent: Sendable, Hashable {
    case count(Int)
    case percent(Int)

    init?(_ document: JSONValue?) {
        switch document {
        case .number(let number):
            guard let count = number.int64 else { return nil }
            self = .count(Int(count))
        case .string(let text):
            guard text.hasSuffix("%"), let percent = Int(text.dropLast()) else { return nil }
            self = .percent(percent)
        default: return nil
        }
    }

    /// The count it stands for, of `total`.
    func resolved(of total: Int, roundingUp: Bool) -> Int {
        switch self {
        case .count(let count): count
        case .percent(let percent): roundingUp ? (percent * total + 99) / 100 : percent * total / 100
        }
    }
}
