import LinuxKernel
import Terminal

/// A refused step in words.
enum Refusal {
    /// `mount proc /proc: Operation not permitted`
    static func words(_ stage: String, _ errno: Int32, _ path: String?) -> String {
        let place = path.map { $0.isEmpty ? "" : " \($0)" } ?? ""
        // Not every refusal has a number: a helper may just have ended.
        return errno == 0 ? stage + place : "\(stage)\(place): \(Errno(errno))"
    }

    static func words(_ outcome: Outcome) -> String {
        switch outcome {
        case .worked, .notTried: ""
        case .refused(let stage, let errno, let path): words(stage, errno, path)
        case .failed(let words): words
        }
    }
}

/// What stands on something that does not work.
enum NotTried {
    static func finding(_ name: String, _ title: Localized, isEssential: Bool = false) -> Finding {
        Finding(
            name, .limited, title: title,
            meaning: Localized(
                ko: "앞의 문제 때문에 시험하지 못했어요.", en: "Not tried, because of what is wrong above."),
            isEssential: isEssential)
    }
}
