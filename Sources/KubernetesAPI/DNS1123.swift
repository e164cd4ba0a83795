/// The rules for names and labels (`apimachinery/pkg/util/validation`, RFC 1123), in Kubernetes' words.
///
/// Each function answers what is wrong, and nothing where all is well.
public enum DNS1123 {
    /// Longest label, name part or label value.
    public static let maximumLabel = 63
    /// Longest subdomain.
    public static let maximumSubdomain = 253

    private static let labelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
    private static let qualifiedPattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"

    /// A label: names of Services, Namespaces, containers.
    public static func problems(label: String) -> [String] {
        var problems: [String] = []
        if label.utf8.count > maximumLabel { problems.append(tooLong(maximumLabel)) }
        if !isLabel(label[...]) {
            problems.append(
                mismatch(
                    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
                        + "and end with an alphanumeric character", labelPattern, ["my-name", "123-abc"]))
        }
        return problems
    }

    /// A label of RFC 1035, which begins with a letter: names of Services.
    public static func problems(label1035 label: String) -> [String] {
        var problems: [String] = []
        if label.utf8.count > maximumLabel { problems.append(tooLong(maximumLabel)) }
        if !isLabel(label[...]) || !(label.utf8.first.map(isLower) ?? false) {
            problems.append(
                mismatch(
                    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
                        + "alphabetic character, and end with an alphanumeric character",
                    "[a-z]([-a-z0-9]*[a-z0-9])?", ["my-name", "abc-123"]))
        }
        return problems
    }

    /// Labels joined by dots: names of most objects.
    public static func problems(subdomain: String) -> [String] {
        var problems: [String] = []
        if subdomain.utf8.count > maximumSubdomain { problems.append(tooLong(maximumSubdomain)) }
        if !subdomain.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel) {
            problems.append(
                mismatch(
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
                        + "must start and end with an alphanumeric character",
                    "\(labelPattern)(\\.\(labelPattern))*", ["example.com"]))
        }
        return problems
    }

    /// A label's value; it may be empty.
    public static func problems(labelValue: String) -> [String] {
        var problems: [String] = []
        if labelValue.utf8.count > maximumLabel { problems.append(tooLong(maximumLabel)) }
        if !labelValue.isEmpty, !isQualified(labelValue[...]) {
            problems.append(
                mismatch(
                    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and "
                        + "must start and end with an alphanumeric character",
                    "(\(qualifiedPattern))?", ["MyValue", "my_value", "12345"]))
        }
        return problems
    }

    /// The key of a label or annotation: `app`, `kubernetes.io/hostname`.
    public static func problems(qualifiedName: String) -> [String] {
        let rule =
            "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
            + "alphanumeric character"
        let examples = ["MyName", "my.name", "123-abc"]
        let parts = qualifiedName.split(separator: "/", omittingEmptySubsequences: false)
        var problems: [String] = []
        if parts.count > 2 {
            return [
                "a qualified name "
                    + mismatch(
                        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                            + "alphanumeric character", qualifiedPattern, examples)
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ]
        }
        if parts.count == 2 {
            if parts[0].isEmpty {
                problems.append("prefix part must be non-empty")
            } else {
                problems += Self.problems(subdomain: String(parts[0])).map { "prefix part " + $0 }
            }
        }
        let name = parts.last ?? ""
        if name.isEmpty {
            problems.append("name part must be non-empty")
        } else if name.utf8.count > maximumLabel {
            problems.append("name part " + tooLong(maximumLabel))
        }
        if !isQualified(name) { problems.append(mismatch(rule, qualifiedPattern, examples)) }
        return problems
    }

    private static func tooLong(_ limit: Int) -> String { "must be no more than \(limit) bytes" }

    private static func mismatch(_ rule: String, _ pattern: String, _ examples: [String]) -> String {
        let examples = examples.map { "'\($0)'" }.joined(separator: ",  or ")
        return "\(rule) (e.g. \(examples), regex used for validation is '\(pattern)')"
    }

    private static func isLower(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    private static func isUpper(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") }

    private static func isLabel(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return first != UInt8(ascii: "-") && last != UInt8(ascii: "-")
            && text.utf8.allSatisfy { isLower($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isQualified(_ text: Substring) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool { isLower(byte) || isUpper(byte) || isDigit(byte) }
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy {
                isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
            }
    }
}
