import Documents
import KubernetesAPI
import Terminal

/// Text in the making for `describe`: lines at levels of two spaces, tabs between columns that line up.
struct Description {
    private var tabs = ElasticTabs()
    private var finished = ""
    private let alignsColumns: Bool

    /// - Parameter alignsColumns: false leaves the tabs in the text
    init(alignsColumns: Bool = true) {
        self.alignsColumns = alignsColumns
    }

    /// A line. Tabs in it part columns.
    mutating func line(_ level: Int, _ text: String) {
        let line = String(repeating: "  ", count: level) + VisibleText.lines(text) + "\n"
        if alignsColumns { tabs.write(line) } else { finished += line }
    }

    mutating func line(_ text: String = "") { line(0, text) }

    /// `Name:  value`
    mutating func field(_ name: String, _ value: String, level: Int = 0) { line(level, "\(name):\t\(value)") }

    /// Lines further down line up among themselves only.
    mutating func alignAnew() {
        finished += tabs.text()
        tabs = ElasticTabs()
    }

    var text: String { finished + tabs.text() }

    /// Several values under one title, each on a line; `<none>` where there are none.
    mutating func list(_ title: String, _ values: [String]) {
        guard !values.isEmpty else { return line("\(title):\t<none>") }
        for (index, value) in values.enumerated() { line(index == 0 ? "\(title):\t\(value)" : "\t\(value)") }
    }

    /// `key=value`, a line each.
    mutating func labels(_ labels: [String: String], title: String = "Labels") {
        list(title, labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
    }

    mutating func labels(_ document: JSONValue?, title: String) {
        var labels: [String: String] = [:]
        for (key, value) in document?.object ?? [:] { labels[key] = value.string }
        self.labels(labels, title: title)
    }

    /// `key: value`, long ones cut. What `apply` notes for itself is left out.
    mutating func annotations(_ annotations: [String: String], title: String = "Annotations") {
        var lines: [String] = []
        for (key, value) in annotations.sorted(by: { $0.key < $1.key }) where key != LastApplied.key {
            let value = value.hasSuffix("\n") ? String(value.dropLast()) : value
            if value.utf8.count + key.utf8.count + 2 > 140 || value.contains("\n") {
                lines.append("\(key):")
                for part in value.split(separator: "\n", omittingEmptySubsequences: false) {
                    lines.append("  " + (part.count > 138 ? part.prefix(138) + "..." : part))
                }
            } else {
                lines.append("\(key): \(value)")
            }
        }
        list(title, lines)
    }

    /// The head that every namespaced object has.
    mutating func head(_ object: KubernetesObject) {
        field("Name", object.name)
        field("Namespace", object.namespace)
        labels(object.labels)
        annotations(object.annotations)
    }

    mutating func conditions(_ object: KubernetesObject) {
        let conditions = object.document.at("status", "conditions")?.array ?? []
        guard !conditions.isEmpty else { return }
        line("Conditions:")
        line(1, "Type\tStatus\tReason")
        line(1, "----\t------\t------")
        for condition in conditions {
            line(1, "\(condition.text("type")) \t\(condition.text("status"))\t\(condition.text("reason"))")
        }
    }

    mutating func tolerations(_ tolerations: [JSONValue], title: String) {
        let sorted = tolerations.sorted { $0.text("key") < $1.text("key") }
        list(
            title,
            sorted.map { toleration in
                var text = toleration.text("key")
                if !toleration.text("value").isEmpty { text += "=\(toleration.text("value"))" }
                if !toleration.text("effect").isEmpty { text += ":\(toleration.text("effect"))" }
                if toleration.text("operator") == "Exists", toleration.text("value").isEmpty {
                    text += text.isEmpty ? "op=Exists" : " op=Exists"
                }
                if let seconds = toleration["tolerationSeconds"]?.int { text += " for \(seconds)s" }
                return text
            })
    }
}

extension JSONValue {
    /// A scalar member as text; empty where there is none.
    func text(_ path: String...) -> String {
        switch at(path) {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let value): value ? "true" : "false"
        default: ""
        }
    }

    /// The texts of an array member.
    func texts(_ path: String...) -> [String] { at(path)?.array?.compactMap(\.string) ?? [] }

    /// The moment in a member, as describe shows moments (RFC 1123 with the zone as a number).
    func moment(_ path: String...) -> String {
        at(path)?.string.flatMap(Timestamp.init)?.longText ?? "Mon, 01 Jan 0001 00:00:00 +0000"
    }
}

extension Timestamp {
    /// `Sat, 31 Jan 2026 09:05:00 +0000`
    var longText: String {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let seconds = Int(sinceEpoch.components.seconds)
        let day = (seconds - ((seconds % 86_400) + 86_400) % 86_400) / 86_400
        let parts = text.split(whereSeparator: { "-T:Z".contains($0) })
        let month = Int(parts[1]).map { months[$0 - 1] } ?? ""
        return "\(weekdays[((day % 7) + 7) % 7]), \(parts[2]) \(month) \(parts[0]) "
            + "\(parts[3]):\(parts[4]):\(parts[5]) +0000"
    }
}
