/// The languages kijabi speaks to people.
public enum Language: String, Sendable, Hashable, CaseIterable {
    case korean = "ko"
    case english = "en"

    /// The language of a locale name such as `ko_KR.UTF-8`; English where it is neither.
    public init(locale: String) {
        self = locale.lowercased().hasPrefix("ko") ? .korean : .english
    }

    /// The language of the environment, by the precedence of locale(7): `KIJABI_LANG`, `LC_ALL`, `LC_MESSAGES`, `LANG`.
    public init(environment: [String: String]) {
        for name in ["KIJABI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"] {
            if let value = environment[name], !value.isEmpty {
                self.init(locale: value)
                return
            }
        }
        self = .english
    }
}

/// One text in both languages.
public struct Localized: Sendable, Hashable {
    public let korean: String
    public let english: String

    public init(ko korean: String, en english: String) {
        self.korean = korean
        self.english = english
    }

    /// A text that is the same in both languages.
    public init(_ text: String) {
        korean = text
        english = text
    }

    public func callAsFunction(_ language: Language) -> String {
        switch language {
        case .korean: korean
        case .english: english
        }
    }
}
