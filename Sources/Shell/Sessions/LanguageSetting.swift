import Synchronization
public import Terminal

/// The language of the session, which `lang` changes while it runs.
public final class LanguageSetting: Sendable {
    private let language: Mutex<Language>

    public init(_ language: Language) {
        self.language = Mutex(language)
    }

    public var current: Language {
        get { language.withLock { $0 } }
        set { language.withLock { $0 = newValue } }
    }
}
