public import Commands
public import ContainerRuntime
import Documents
import Terminal

/// `xray`: a container as the kernel sees it. `docker inspect --kernel` shows the same.
public enum XRayCommand {
    public static func make(_ engine: any Engine) -> Command {
        Command(
            "xray",
            summary: Localized(
                ko: "컨테이너를 커널의 눈으로 보기",
                en: "See a container as the kernel does"),
            usage: "NAME [SECTION...]",
            details: Localized(
                ko: "보고 싶은 부분만 고를 수 있어요: \(XRaySection.names)",
                en: "Sections can be picked: \(XRaySection.names)"),
            examples: [
                ("xray web", Localized(ko: "web 의 모든 것", en: "All of web")),
                (
                    "xray web birth",
                    Localized(ko: "web 이 태어난 순서와 시간", en: "The steps of its birth, and how long each took")
                ),
                ("xray web namespaces limits", Localized(ko: "벽과 한도만", en: "Just its walls and its limits")),
            ], flags: [jsonFlag],
            completeArgument: { _, index, _ in
                guard index == 0 else { return XRaySection.allCases.map { Completion($0.rawValue) } }
                return await engine.containers().filter { $0.configuration.labels["kijabi.role"] == nil }.map {
                    Completion(ContainerWord.name(of: $0), explanation: "\($0.imageReference), \($0.state.rawValue)")
                }
            },
            run: { line, context in
                let words = line.allArguments
                guard let name = words.first else {
                    context.error.line("xray: xray NAME [\(XRaySection.names)]")
                    return 2
                }
                guard let sections = sections(Array(words.dropFirst()), context) else { return 2 }
                return await show([name], sections, isJSON: line.isOn("json"), engine, context)
            })
    }

    static let jsonFlag = Flag("json", summary: Localized(ko: "JSON 으로", en: "As JSON"))

    private static func sections(_ words: [String], _ context: CommandContext) -> [XRaySection]? {
        if words.isEmpty { return XRaySection.allCases }
        var sections: [XRaySection] = []
        for word in words.flatMap({ $0.split(separator: ",") }).map(String.init) {
            guard let section = XRaySection.allCases.first(where: { $0.rawValue.hasPrefix(word.lowercased()) }) else {
                let near = Suggestion.nearest(to: word, in: XRaySection.allCases.map(\.rawValue))
                let hint = near.map { " (\($0)?)" } ?? ""
                context.error.line("xray: \(word)\(hint): \(XRaySection.names)")
                return nil
            }
            sections.append(section)
        }
        return sections
    }

    /// Shows the containers that each word names: one, or those of a Pod.
    static func show(
        _ words: [String], _ sections: [XRaySection], isJSON: Bool, _ engine: any Engine, _ context: CommandContext
    ) async -> Int32 {
        var status: Int32 = 0
        var documents: [JSONValue] = []
        let canvas = Canvas(context.output, environment: context.environment, style: context.style)
        let containers = await engine.containers()
        for word in words {
            let ids = ContainerWord.matching(word, in: containers)
            if ids.isEmpty {
                context.error.line("Error: No such container: \(word)")
                context.error.prose(
                    Localized(
                        ko: "'docker ps -a' 나 'kubectl get pods' 에 나오는 이름을 쓰세요.",
                        en: "'docker ps -a' and 'kubectl get pods' show the names.")(context.language))
                status = 1
            }
            for id in ids {
                do throws(RuntimeError) {
                    let view = named(try await engine.kernelView(id), containers)
                    if isJSON {
                        documents.append(XRayDocument.make(view, sections))
                    } else {
                        var report = XRayReport(view: view, sections: sections, language: context.language)
                        if let image = try? await engine.imageDetails(view.status.imageID) {
                            report.layerNames = LayerStory(image).layers.reversed().map(\.label)
                        }
                        guard await context.output.send(report.lines(canvas).map { $0 + "\n" }.joined()) else {
                            return status
                        }
                    }
                } catch {
                    status = context.report(error)
                }
            }
        }
        if isJSON { context.output.line(JSONValue.array(documents).prettyPrinted()) }
        return status
    }

    /// Neighbours by the names people know them by; without those that belong to the shell itself.
    private static func named(_ view: KernelView, _ containers: [ContainerStatus]) -> KernelView {
        let known = Dictionary(containers.map { ($0.id, $0) }) { first, _ in first }
        var view = view
        for index in view.namespaces.indices {
            view.namespaces[index].others = view.namespaces[index].others.compactMap { other in
                guard let status = known[other.id], status.configuration.labels["kijabi.role"] == nil else {
                    return nil
                }
                return NamespaceView.Other(
                    id: other.id, name: ContainerWord.name(of: status), identity: other.identity)
            }
        }
        return view
    }
}

/// What people call a container by.
enum ContainerWord {
    /// Its name, or that of its Pod and of it in there.
    static func name(of status: ContainerStatus) -> String {
        let labels = status.configuration.labels
        guard let pod = labels["io.kubernetes.pod.name"] else { return status.name }
        return "\(pod)/\(labels["io.kubernetes.container.name"] ?? status.name)"
    }

    /// Ids of what `word` means: a container, or all of a Pod; of an id the beginning will do. Exact names go before
    /// workloads that Pods are named after (`web` for `web-5d4b9c-x2x7z`).
    static func matching(_ word: String, in containers: [ContainerStatus]) -> [String] {
        func pod(_ status: ContainerStatus) -> String? { status.configuration.labels["io.kubernetes.pod.name"] }
        let exact = containers.filter { $0.name == word || $0.id == word || name(of: $0) == word || pod($0) == word }
        if !exact.isEmpty { return exact.map(\.id) }
        let byID = word.count >= 3 ? containers.filter { $0.id.hasPrefix(word) } : []
        if byID.count == 1 { return byID.map(\.id) }
        return containers.filter { pod($0)?.hasPrefix(word + "-") ?? false }.map(\.id)
    }
}
