/// Replaces `$(NAME)` in `text` as Kubernetes does in commands, arguments and variables: `$$` is a literal `$`, and a
/// reference to a name that `value` does not know stays as it is written.
func expandingVariables(_ text: String, _ value: (String) -> String?) -> String {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
    let dollar = UInt8(ascii: "$")
    let bytes = Array(text.utf8)
    var output: [UInt8] = []
    var index = 0
    while index < bytes.count {
        guard bytes[index] == dollar, index + 1 < bytes.count else {
            output.append(bytes[index])
            index += 1
            continue
        }
        switch bytes[index + 1] {
        case dollar:
            output.append(dollar)
            index += 2
        case UInt8(ascii: "("):
            guard let end = bytes[(index + 2)...].firstIndex(of: UInt8(ascii: ")")) else {
                output.append(contentsOf: bytes[index...])
                return String(decoding: output, as: UTF8.self)
            }
            let name = String(decoding: bytes[(index + 2)..<end], as: UTF8.self)
            if let found = value(name) {
                output.append(contentsOf: found.utf8)
            } else {
                output.append(contentsOf: bytes[index...end])
            }
            index = end + 1
        default:
            output.append(dollar)
            index += 1
        }
    }
    return String(decoding: output, as: UTF8.self)
}
