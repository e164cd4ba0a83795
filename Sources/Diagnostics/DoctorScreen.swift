import Terminal

/// A diagnosis as lines on a terminal: the mark, what was looked at, what it means; below it the fix.
struct DoctorScreen {
    let diagnosis: Diagnosis

    func text(_ language: Language, style: Style) -> String {
        let titles = diagnosis.findings.map { $0.title(language) }
        let width = titles.map { DisplayWidth.of($0) }.max() ?? 0
        var text = ""
        for (finding, title) in zip(diagnosis.findings, titles) {
            let mark = style(finding.verdict.rawValue, colour(finding.verdict), .bold)
            text += "\(mark) \(style(title.padded(toColumns: width), .bold))   \(finding.meaning(language))\n"
            for command in finding.fix { text += "  \(style("$", .dim)) \(style(command, .cyan))\n" }
        }
        text += "\n" + style(conclusion(language), .bold) + "\n"
        return text
    }

    private func conclusion(_ language: Language) -> String {
        let isWhole = diagnosis.findings.allSatisfy { $0.verdict == .works }
        if !diagnosis.allowsContainers {
            return Localized(
                ko: "이 컴퓨터에서는 아직 컨테이너를 실행할 수 없어요. ✗ 아래의 명령으로 고칠 수 있어요.",
                en: "Containers cannot run on this machine yet. The commands below ✗ mend that.")(language)
        }
        return isWhole
            ? Localized(ko: "모두 좋아요. 컨테이너를 실행할 수 있어요.", en: "All is well: containers can run.")(language)
            : Localized(
                ko: "컨테이너를 실행할 수 있어요. 표시된 것들은 아쉬운 점이에요.",
                en: "Containers can run. What is marked could be better.")(language)
    }

    private func colour(_ verdict: Finding.Verdict) -> Style.Attribute {
        switch verdict {
        case .works: .green
        case .limited: .yellow
        case .missing: .red
        }
    }
}
