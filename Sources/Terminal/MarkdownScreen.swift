internal import CMarkdown

/// Markdown as lines of a terminal: wrapped by display width, emphasis as weight and colour. CommonMark by libcmark-gfm.
public struct MarkdownScreen: Sendable {
    public let style: Style
    /// Columns a line may take.
    public let columns: Int

    public init(style: Style, columns: Int) {
        self.style = style
        self.columns = max(20, columns)
    }

    /// The lines of `markdown`, without newlines.
    public func lines(_ markdown: String) -> [String] {
        let root = markdown.withCString { cmark_parse_document($0, markdown.utf8.count, CMARK_OPT_DEFAULT) }
        guard let root else { return [] }
        defer { cmark_node_free(root) }
        return blocks(of: root, columns: columns)
    }

    private func blocks(of parent: OpaquePointer, columns: Int) -> [String] {
        var lines: [String] = []
        var child = cmark_node_first_child(parent)
        while let node = child {
            let block = self.block(node, columns: columns)
            if !lines.isEmpty, !block.isEmpty, !isTight(parent) { lines.append("") }
            lines += block
            child = cmark_node_next(node)
        }
        return lines
    }

    /// Items of a list stand without a blank line between them, and so do the blocks of an item.
    private func isTight(_ node: OpaquePointer) -> Bool {
        [CMARK_NODE_LIST, CMARK_NODE_ITEM].contains(cmark_node_get_type(node))
    }

    private func block(_ node: OpaquePointer, columns: Int) -> [String] {
        switch cmark_node_get_type(node) {
        case CMARK_NODE_PARAGRAPH:
            return LineWrap.lines(inlines(of: node), columns: columns)
        case CMARK_NODE_HEADING:
            return LineWrap.lines(style(plain(of: node), .bold, .cyan), columns: columns)
        case CMARK_NODE_CODE_BLOCK:
            let code = text(cmark_node_get_literal(node))
            return code.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                .map { "    " + style(String($0), .cyan) }
        case CMARK_NODE_BLOCK_QUOTE:
            return blocks(of: node, columns: columns - 2).map { style("│ ", .dim) + $0 }
        case CMARK_NODE_LIST:
            return list(node, columns: columns)
        case CMARK_NODE_THEMATIC_BREAK:
            return [style(String(repeating: "─", count: columns), .dim)]
        default:
            return []
        }
    }

    private func list(_ node: OpaquePointer, columns: Int) -> [String] {
        var lines: [String] = []
        var number = Int(cmark_node_get_list_start(node))
        let isNumbered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
        var child = cmark_node_first_child(node)
        while let item = child {
            let mark = isNumbered ? "\(number). " : "• "
            let indent = DisplayWidth.of(mark)
            for (index, line) in blocks(of: item, columns: columns - indent).enumerated() {
                lines.append((index == 0 ? style(mark, .cyan) : String(repeating: " ", count: indent)) + line)
            }
            number += 1
            child = cmark_node_next(item)
        }
        return lines
    }

    private func inlines(of parent: OpaquePointer) -> String {
        var result = ""
        var child = cmark_node_first_child(parent)
        while let node = child {
            switch cmark_node_get_type(node) {
            case CMARK_NODE_TEXT: result += text(cmark_node_get_literal(node))
            case CMARK_NODE_SOFTBREAK: result += " "
            case CMARK_NODE_LINEBREAK: result += "\n"
            case CMARK_NODE_CODE: result += style(text(cmark_node_get_literal(node)), .cyan)
            case CMARK_NODE_STRONG: result += style(plain(of: node), .bold)
            case CMARK_NODE_EMPH: result += style(plain(of: node), .italic)
            case CMARK_NODE_LINK:
                let (label, target) = (plain(of: node), text(cmark_node_get_url(node)))
                result += label == target ? label : "\(label) (\(target))"
            default: result += inlines(of: node)
            }
            child = cmark_node_next(node)
        }
        return result
    }

    private func plain(of parent: OpaquePointer) -> String {
        var result = ""
        var child = cmark_node_first_child(parent)
        while let node = child {
            switch cmark_node_get_type(node) {
            case CMARK_NODE_TEXT, CMARK_NODE_CODE: result += text(cmark_node_get_literal(node))
            case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK: result += " "
            default: result += plain(of: node)
            }
            child = cmark_node_next(node)
        }
        return result
    }

    private func text(_ pointer: UnsafePointer<CChar>?) -> String {
        pointer.map { String(cString: $0) } ?? ""
    }
}
