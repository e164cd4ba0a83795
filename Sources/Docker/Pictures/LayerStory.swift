import ContainerRuntime
import Documents
import Terminal

/// The layers of an image, each with the line of the image's story that made it.
struct LayerStory {
    struct Layer: Hashable {
        /// Two images share a layer if it is the same.
        var diffID: String
        var size: Int
        var label: String
    }

    /// Bottom first.
    let layers: [Layer]

    init(_ image: ImageDetails) {
        let configuration = (try? JSONValue(parsing: image.configuration)) ?? .null
        let story = (configuration["history"]?.array ?? []).filter { $0["empty_layer"]?.bool != true }
        layers = image.layers.enumerated().map { index, layer in
            let line = index < story.count ? story[index]["created_by"]?.string ?? "" : ""
            return Layer(diffID: layer.diffID, size: layer.size, label: Self.label(line, layer.diffID))
        }
    }

    /// `RUN /bin/sh -c apk add x # buildkit` is more than anybody wants to read.
    static func label(_ line: String, _ diffID: String) -> String {
        var text = line
        for prefix in ["/bin/sh -c #(nop) ", "/bin/sh -c "] where text.hasPrefix(prefix) {
            text = (prefix.contains("#") ? "" : "RUN ") + text.dropFirst(prefix.count)
        }
        if text.hasPrefix("RUN /bin/sh -c ") { text = "RUN " + text.dropFirst("RUN /bin/sh -c ".count) }
        if text.hasSuffix("# buildkit") { text = String(text.dropLast("# buildkit".count)) }
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? String(diffID.split(separator: ":").last?.prefix(12) ?? "") : VisibleText.cell(words)
    }
}
