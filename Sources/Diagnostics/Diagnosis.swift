public import Terminal

/// What a situation means: findings in the order in which they build on each other.
public struct Diagnosis: Sendable, Hashable {
    public let findings: [Finding]

    public init(_ situation: Situation) {
        findings =
            [
                ProgramFinding.finding(situation),
                NamespaceFinding.finding(situation),
                IdentityFinding.finding(situation),
                ImageFinding.finding(situation),
                ContainerFinding.finding(situation),
                SystemCallFilterFinding.finding(situation),
                NetworkFinding.finding(situation),
                PacketFilterFinding.finding(situation),
                LimitFinding.finding(situation),
                MachineFinding.finding(situation),
            ] + situation.directories.map { DirectoryFinding.finding($0, situation) } + [
                TerminalFinding.finding(situation.terminal)
            ]
    }

    /// Whether containers can run here.
    public var allowsContainers: Bool { !findings.contains { $0.isEssential && $0.verdict == .missing } }

    /// The cause in a few lines, for whoever tried to start containers and could not: what is wrong, the fix, and where
    /// to read more. Empty if nothing is wrong.
    public func summary(_ language: Language) -> String {
        guard let cause = findings.first(where: { $0.isEssential && $0.verdict == .missing }) else { return "" }
        var lines = ["\(cause.title(language)): \(cause.meaning(language))"]
        if !cause.fix.isEmpty {
            lines.append(Localized(ko: "고치려면:", en: "To fix it:")(language))
            lines += cause.fix.map { "    \($0)" }
        }
        lines.append(
            Localized(ko: "자세한 진단: kijabi doctor", en: "The whole diagnosis: kijabi doctor")(language))
        return lines.map { $0 + "\n" }.joined()
    }
}
