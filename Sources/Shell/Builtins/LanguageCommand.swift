import Commands
import Terminal

/// `lang`: the language kijabi speaks from now on.
enum LanguageCommand {
    static func make(_ setting: LanguageSetting) -> Command {
        Command(
            "lang", summary: Localized(ko: "말 바꾸기: lang ko, lang en", en: "Language: lang ko, lang en"),
            usage: "[ko|en]",
            completeArgument: { _, index, _ in
                index == 0
                    ? [Completion("ko", explanation: "한국어"), Completion("en", explanation: "English")] : []
            },
            run: { invocation, context in
                guard let word = invocation.arguments.first else {
                    context.output.line(setting.current.rawValue)
                    return 0
                }
                guard let language = Language(rawValue: word), invocation.arguments.count == 1 else {
                    context.error.line("lang: \(word): ko | en")
                    return 2
                }
                setting.current = language
                context.output.line(
                    Localized(ko: "이제 한국어로 이야기할게요.", en: "English it is.")(language))
                return 0
            })
    }
}
