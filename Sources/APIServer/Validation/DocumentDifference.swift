import Documents

/// Where two documents differ, as lines `- path: old` and `+ path: new`.
enum DocumentDifference {
    static func lines(from old: JSONValue, to new: JSONValue, at path: String = "") -> [String] {
        if old == new { return [] }
        func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
        switch (old, new) {
        case (.object(let before), .object(let after)):
            var lines: [String] = []
            for (key, value) in before {
                if let other = after[key] {
                    lines += self.lines(from: value, to: other, at: place(key))
                } else {
                    lines.append("- \(place(key)): \(value.jsonText)")
                }
            }
            for (key, value) in after where before[key] == nil { lines.append("+ \(place(key)): \(value.jsonText)") }
            return lines
        case (.array(let before), .array(let after)) where before.count == after.count:
            return zip(before, after).enumerated().flatMap { index, pair in
                lines(from: pair.0, to: pair.1, at: "\(path)[\(index)]")
            }
        default: return ["- \(path): \(old.jsonText)", "+ \(path): \(new.jsonText)"]
        }
    }
}
