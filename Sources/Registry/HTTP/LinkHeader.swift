/// `Link` (RFC 8288), by which a list says where it goes on.
enum LinkHeader {
    /// The target of the first link with that relation: `next` in `</v2/x/tags/list?last=b&n=2>; rel="next"`.
    static func target(of relation: String, in headers: [String]) -> String? {
        for header in headers {
            var rest = header[...]
            while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
                let target = rest[rest.index(after: open)..<close]
                rest = rest[rest.index(after: close)...]
                let end = endOfParameters(rest)
                for parameter in rest[..<end].split(separator: ";") {
                    let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    guard parts.count == 2, parts[0].trimmingSpaces.lowercased() == "rel" else { continue }
                    let value = parts[1].trimmingSpaces.filter { $0 != "\"" }
                    if value.lowercased().split(separator: " ").contains(relation[...]) { return String(target) }
                }
                rest = rest[end...]
            }
        }
        return nil
    }

    /// The comma before the next link; one between quotes is none.
    private static func endOfParameters(_ text: Substring) -> Substring.Index {
        var isQuoted = false
        for index in text.indices {
            if text[index] == "\"" { isQuoted.toggle() }
            if text[index] == ",", !isQuoted { return index }
        }
        return text.endIndex
    }
}
