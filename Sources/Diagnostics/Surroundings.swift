import Glibc

/// Facts about what this process is in: a container, control groups, a terminal.
enum Surroundings {
    /// By the marks that container engines leave, as systemd-detect-virt(1) looks for them.
    static func enclosure() -> Situation.Enclosure? {
        if access("/run/.containerenv", F_OK) == 0 { return .podman }
        if access("/.dockerenv", F_OK) == 0 { return .docker }
        let own = KernelFile.text("/run/systemd/container").map { "container=" + $0 }
        let first = KernelFile.text("/proc/1/environ")?.split(separator: "\0").first { $0.hasPrefix("container=") }
        guard let mark = own ?? first.map(String.init) else { return nil }
        let name = mark.dropFirst("container=".count).filter { !$0.isWhitespace }
        return name.hasPrefix("lxc") ? .lxc : Situation.Enclosure(rawValue: name) ?? .other
    }

    /// - Parameter lines: /proc/self/cgroup, cgroups(7): `0::/` is version 2, numbered lines are version 1.
    static func controlGroups(_ lines: String) -> ControlGroupMount {
        var found = ControlGroupMount.none
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            if parts[0] != "0", !parts[1].isEmpty, !parts[1].hasPrefix("name=") { return .version1 }
            if parts[0] == "0" { found = .version2 }
        }
        return found
    }

    static func terminal(_ environment: [String: String]) -> TerminalFacts {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let found = newlocale(1 << LC_CTYPE, locale.isEmpty ? "C" : locale, nil)
        if let found { freelocale(found) }
        return TerminalFacts(
            isTerminal: isatty(1) == 1, type: environment["TERM"] ?? "", locale: locale, localeExists: found != nil)
    }
}
