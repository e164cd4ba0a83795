import Terminal

extension UsageError {
    /// What is wrong, in one line of English, as the tools themselves say it.
    public var sentence: String {
        let text = UsageMessage(error: self, path: []).text(.english)
        let line = text.prefix { $0 != "\n" }
        return String(line.hasPrefix("error: ") ? line.dropFirst("error: ".count) : line)
    }
}

/// A usage error as a sentence, its likely cure, and where to read more.
struct UsageMessage {
    let error: UsageError
    let path: [String]

    func text(_ language: Language) -> String {
        let command = path.joined(separator: " ")
        var lines: [String]
        switch error {
        case .unknownFlag(let flag, let suggestion):
            lines = ["error: unknown flag: \(flag)"] + didYouMean(suggestion, language)
        case .unknownShortFlag(let letter, let word):
            lines = ["error: unknown shorthand flag: '\(letter)' in \(word)"]
        case .missingValue(let flag):
            let isShort = flag.count == 2
            lines = ["error: flag needs an argument: " + (isShort ? "'\(flag.dropFirst())' in \(flag)" : flag)]
        case .wrongValue(let flag, let value, let expected):
            let hint = Localized(ko: "쓸 수 있는 값", en: "expected")(language)
            lines = ["error: invalid argument \"\(value)\" for \"\(flag)\" flag (\(hint): \(expected))"]
        case .unknownSubcommand(let word, let parent, let suggestion):
            lines =
                ["error: unknown command \"\(word)\" for \"\(parent.joined(separator: " "))\""]
                + didYouMean(suggestion, language)
        case .helpRequested, .versionRequested:
            lines = []
        }
        let see = Localized(
            ko: "사용법은 '\(command) --help' 로 볼 수 있어요.", en: "See '\(command) --help' for usage.")
        lines.append(see(language))
        return lines.map { $0 + "\n" }.joined()
    }

    private func didYouMean(_ suggestion: String?, _ language: Language) -> [String] {
        guard let suggestion else { return [] }
        return [Localized(ko: "혹시 이걸 찾으셨나요? \(suggestion)", en: "Did you mean this? \(suggestion)")(language)]
    }
}
