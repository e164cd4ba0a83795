import ContainerRuntime
import Glibc
import Terminal

/// Why there is no toolbox, as a sentence and a next step.
struct ToolboxMessage {
    let error: RuntimeError

    func text(_ language: Language) -> String {
        let next = Localized(
            ko: "'kijabi doctor' 가 고치는 법을 알려 줘요.", en: "'kijabi doctor' tells how to mend it.")(language)
        let what = Localized(ko: "도구 상자를 열 수 없어요", en: "the toolbox cannot be opened")(language)
        return "\(what): \(reason). \(next)"
    }

    private var reason: String {
        switch error {
        case .unavailable(let reason): reason
        case .noSuchImage(let image): "no image \(image)"
        case .system(let stage, let errno, let path):
            "\(stage)\(path.map { " " + $0 } ?? ""): \(String(cString: strerror(errno)))"
        default: "\(error)"
        }
    }

    static func didYouMean(_ command: String) -> Localized {
        Localized(ko: "혹시 이걸 찾으셨나요? \(command)", en: "Did you mean this? \(command)")
    }

    static let renewed = Localized(
        ko: "도구 상자가 망가져서 새것으로 바꿨어요. 이 컴퓨터와 클러스터는 멀쩡해요.",
        en: "The toolbox was broken, so here is a fresh one. Your computer and the cluster are unharmed.")
}
