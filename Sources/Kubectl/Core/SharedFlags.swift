import Commands
import Terminal

/// Flags that several verbs take.
enum SharedFlags {
    /// Those every verb takes.
    static func global(_ kubectl: Kubectl) -> [Flag] {
        /// Taken, because scripts give them, and of no use here.
        func hidden(_ name: String, short: Character? = nil) -> Flag {
            Flag(
                name, short: short, .text, placeholder: "VALUE", summary: Localized(""), isInherited: true,
                isHidden: true)
        }
        let foreign = ["v", "request-timeout", "context", "kubeconfig", "cluster", "user", "as", "server"]
        let shorts: [String: Character] = ["v": "v", "server": "s"]
        return [
            Flag(
                "namespace", short: "n", .text, placeholder: "NAMESPACE",
                summary: Localized(ko: "어느 네임스페이스에서", en: "in which namespace"), isInherited: true,
                complete: { _, _ in await Completions(kubectl).namespaces() })
        ] + foreign.map { hidden($0, short: shorts[$0]) }
    }

    static let allNamespaces = Flag(
        "all-namespaces", short: "A", summary: Localized(ko: "모든 네임스페이스에서", en: "across all namespaces"))

    static let selector = Flag(
        "selector", short: "l", .text, placeholder: "LABELS",
        summary: Localized(ko: "이 라벨을 가진 것만 (app=web,tier!=db)", en: "only those with these labels (app=web,tier!=db)"))

    static let fieldSelector = Flag(
        "field-selector", .text, placeholder: "FIELDS",
        summary: Localized(
            ko: "이 필드 값을 가진 것만 (status.phase=Running)", en: "only those with these fields (status.phase=Running)")
    )

    static func all(_ korean: String, _ english: String) -> Flag {
        Flag("all", summary: Localized(ko: korean, en: english))
    }

    static let files: [Flag] = [
        Flag(
            "filename", short: "f", .list, placeholder: "FILE",
            summary: Localized(
                ko: "YAML/JSON 파일이나 디렉터리, 표준 입력은 -", en: "YAML or JSON file or directory, - for standard input")),
        Flag(
            "recursive", short: "R",
            summary: Localized(ko: "-f 디렉터리의 하위 디렉터리까지", en: "also the directories below the one of -f")),
    ]

    static let dryRun = Flag(
        "dry-run", .optionalText(implied: "unchanged"), placeholder: "none|server|client",
        summary: Localized(ko: "해 보기만 하고 아무것도 바꾸지 않습니다", en: "only try, change nothing"), fallback: "none")

    /// `-o` of a verb that writes.
    static let output = output(["json", "yaml", "name", "jsonpath="])

    /// `-o` with the formats that are completed.
    static func output(_ formats: [String]) -> Flag {
        Flag(
            "output", short: "o", .text, placeholder: "FORMAT",
            summary: Localized(ko: "출력 형식", en: "output format") + " (\(formats.joined(separator: " | ")))",
            complete: { _, _ in formats.map { Completion($0, continues: $0.hasSuffix("=")) } })
    }

    /// Accepted as everywhere in kubectl; what the names of fields' owners would be written for is not kept here.
    static let fieldManager = Flag(
        "field-manager", .text, placeholder: "NAME",
        summary: Localized(ko: "변경한 이의 이름", en: "name of the one who changes"))

    static func container(_ kubectl: Kubectl) -> Flag {
        Flag(
            "container", short: "c", .text, placeholder: "CONTAINER",
            summary: Localized(ko: "파드 안의 어느 컨테이너", en: "which container of the pod"),
            complete: { invocation, _ in await Completions(kubectl).containers(invocation) })
    }

    static func timeout(_ summary: Localized, fallback: String? = nil) -> Flag {
        Flag("timeout", .text, placeholder: "DURATION", summary: summary, fallback: fallback)
    }
}

extension Localized {
    /// The text with something that is the same in both languages behind it.
    static func + (text: Localized, suffix: String) -> Localized {
        Localized(ko: text(.korean) + suffix, en: text(.english) + suffix)
    }
}
