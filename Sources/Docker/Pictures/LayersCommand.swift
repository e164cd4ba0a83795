public import Commands
public import ContainerRuntime
import Terminal

/// `layers`: images and containers as boxes on top of each other, and on what several of them stand together.
public enum LayersCommand {
    public static func make(_ engine: any Engine) -> Command {
        Command(
            "layers",
            summary: Localized(
                ko: "층을 쌓인 상자로 보기", en: "See layers as stacked boxes"),
            usage: "IMAGE|CONTAINER [IMAGE|CONTAINER...]",
            examples: [
                ("layers busybox", Localized(ko: "이미지 하나의 층", en: "The layers of one image")),
                ("layers web db", Localized(ko: "둘이 함께 딛고 있는 층", en: "What the two of them stand on together")),
            ],
            completeArgument: { _, _, _ in
                let images = ((try? await engine.images()) ?? []).flatMap(\.references).map { Completion($0) }
                return await DockerContainers.completions(engine) + images
            },
            run: { line, context in
                let words = line.allArguments
                guard (1...4).contains(words.count) else {
                    context.error.line("layers: layers IMAGE|CONTAINER (1…4)")
                    return 2
                }
                do throws(RuntimeError) {
                    var towers: [LayerTower] = []
                    for word in words { towers.append(try await tower(word, engine, context.language)) }
                    let canvas = Canvas(context.output, environment: context.environment, style: context.style)
                    let lines = LayerTower.picture(towers).lines(canvas) + note(towers, context.language, canvas)
                    await context.output.send(lines.map { $0 + "\n" }.joined())
                    return 0
                } catch {
                    return context.report(error)
                }
            })
    }

    private static func tower(
        _ word: String, _ engine: any Engine, _ language: Language
    ) async throws(RuntimeError) -> LayerTower {
        let containers = await engine.containers()
        guard let id = ContainerWord.matching(word, in: containers).first else {
            let image = try await engine.resolveImage(word)
            return LayerTower(title: word, layers: LayerStory(try await engine.imageDetails(image.id)).layers)
        }
        let view = try await engine.kernelView(id)
        let story = LayerStory(try await engine.imageDetails(view.status.imageID))
        var tower = LayerTower(title: word, layers: story.layers)
        if let upper = view.layers.first(where: \.isUpper) {
            let label = Localized(ko: "쓰기 층 (이 컨테이너만)", en: "writable (its own)")(language)
            tower.writable = (label, upper.size.map(ByteSize.decimal) ?? "?")
        }
        return tower
    }

    private static func note(_ towers: [LayerTower], _ language: Language, _ canvas: Canvas) -> [String] {
        guard towers.count > 1 else { return [] }
        let shared = LayerTower.shared(towers)
        let bytes = shared.map(\.size).reduce(0, +)
        let text =
            shared.isEmpty
            ? Localized(ko: "함께 쓰는 층이 없어요.", en: "They share no layer.")
            : Localized(
                ko: "맨 아래 \(shared.count)층(\(ByteSize.decimal(bytes)))은 디스크에 한 번만 있고, 모두가 함께 써요.",
                en:
                    "The lowest \(shared.count) (\(ByteSize.decimal(bytes))) lie on the disk once, and all of them use it."
            )
        return LineWrap.lines(text(language), columns: canvas.columns)
    }
}

/// An image's layers, and the one a container writes to.
struct LayerTower {
    var title: String
    /// Bottom first.
    var layers: [LayerStory.Layer]
    var writable: (label: String, size: String)?

    init(title: String, layers: [LayerStory.Layer]) {
        self.title = title
        self.layers = layers
    }

    /// The layers at the bottom that all have, bottom first. A single one shares nothing.
    static func shared(_ towers: [LayerTower]) -> [LayerStory.Layer] {
        guard towers.count > 1, let first = towers.first else { return [] }
        let count = first.layers.indices.first { index in
            towers.contains { $0.layers.count <= index || $0.layers[index].diffID != first.layers[index].diffID }
        }
        return Array(first.layers.prefix(count ?? first.layers.count))
    }

    static func picture(_ towers: [LayerTower]) -> StackedBoxes {
        let shared = shared(towers)
        func boxes(_ layers: some Sequence<LayerStory.Layer>) -> [StackedBoxes.Box] {
            layers.reversed().map { StackedBoxes.Box($0.label, note: ByteSize.decimal($0.size)) }
        }
        let stacks = towers.map { tower in
            var stack = boxes(tower.layers.dropFirst(shared.count))
            if let writable = tower.writable {
                stack.insert(.init(writable.label, note: writable.size, isEmphasized: true), at: 0)
            }
            return StackedBoxes.Stack(tower.title, stack)
        }
        return StackedBoxes(stacks: stacks, shared: boxes(shared))
    }
}
