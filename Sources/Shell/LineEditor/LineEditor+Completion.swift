import CEditline
import Commands
import Terminal

extension LineEditor {
    /// Tab: puts in what is sure, and lists what can follow at the second press (at once where nothing could be put in
    /// before).
    func completeAtCursor() -> Int32 {
        let before = String(scalars: text[..<cursor])
        guard let menu = complete?(before), !menu.candidates.isEmpty else {
            pendingMenu = nil
            return ce_beep
        }
        if menu.candidates.count == 1, let only = menu.candidates.first {
            replace(menu.typed, with: only.word + (only.continues ? "" : " "))
            return ce_refresh
        }
        let prefix = menu.commonPrefix
        if prefix != menu.typed, prefix.hasPrefix(menu.typed) {
            replace(menu.typed, with: prefix)
            pendingMenu = text
            return ce_refresh
        }
        if pendingMenu == text { list(menu) } else { ce_ring_bell(editor) }
        pendingMenu = text
        return ce_continue
    }

    private func replace(_ typed: String, with word: String) {
        ce_delete_before(editor, typed.unicodeScalars.count)
        insert(word)
    }

    private func list(_ menu: CompletionMenu) {
        let columns = TerminalSize(descriptor: output.descriptor).map { Int($0.columns) } ?? 80
        leaveLine()
        for line in menu.lines(columns: columns, style: style) { output.line(line) }
        ce_refresh_all(editor)
    }
}
