import KubernetesAPI

/// How names of a certain use may be formed (RFC 1123, RFC 1035, RFC 6335), with the words of Kubernetes for each fault.
enum NameRule {
    /// A DNS name: labels joined by dots.
    case subdomain
    /// A DNS label (RFC 1123).
    case label
    /// A DNS label that begins with a letter (RFC 1035).
    case letterLabel
    /// A service name of at most 15 characters (RFC 6335).
    case portName

    /// Faults of `name`. As a prefix (`generateName`) it may end with `-`.
    func faults(in name: String, isPrefix: Bool = false) -> [String] {
        // A prefix gets characters behind it, so a trailing dash is judged as if they were there.
        let name = isPrefix && name.hasSuffix("-") ? name.dropLast() + "a" : name
        return switch self {
        case .subdomain: DNS1123.problems(subdomain: name)
        case .label: DNS1123.problems(label: name)
        case .letterLabel: DNS1123.problems(label1035: name)
        case .portName: portNameFaults(name)
        }
    }

    private func portNameFaults(_ name: String) -> [String] {
        func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
        let isFormed = name.utf8.allSatisfy {
            isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
        }
        var faults: [String] = []
        if name.utf8.count > 15 { faults.append("must be no more than 15 characters") }
        if !isFormed || name.isEmpty {
            faults.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
        }
        if !name.utf8.contains(where: isLetter) { faults.append("must contain at least one letter (a-z)") }
        if name.contains("--") { faults.append("must not contain consecutive hyphens") }
        if name.hasPrefix("-") || name.hasSuffix("-") { faults.append("must not begin or end with a hyphen") }
        return faults
    }
}
