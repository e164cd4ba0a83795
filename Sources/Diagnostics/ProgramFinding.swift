import Terminal

/// The helper programs beside kijabi.
enum ProgramFinding {
    static func finding(_ situation: Situation) -> Finding {
        let title = Localized(ko: "도우미 프로그램", en: "Helper programs")
        guard !situation.missingPrograms.isEmpty else {
            return Finding(
                "programs", .works, title: title,
                meaning: Localized(ko: "모두 제자리에 있어요.", en: "All in their places."), isEssential: true)
        }
        let names = situation.missingPrograms.joined(separator: ", ")
        return Finding(
            "programs", .missing, title: title,
            meaning: Localized(
                ko: "없거나 실행할 수 없어요: \(names). kijabi를 다시 빌드하거나 다시 설치하세요.",
                en: "Absent or not executable: \(names). Build or install kijabi again."),
            fix: ["make build"], isEssential: true)
    }
}
