import CEditline
import Terminal

extension LineEditor {
    private var columns: Int { TerminalSize(descriptor: output.descriptor).map { Int($0.columns) } ?? 80 }

    private var layout: LineLayout { LineLayout(promptWidth: prompt.width, columns: columns) }

    /// Rows from the prompt down to the cursor.
    private var cursorRow: Int { layout.position(behind: text[..<cursor]).row }

    /// Clears prompt and text from the screen; the cursor is where the prompt began.
    func eraseLine() {
        let row = cursorRow
        output.write("\r" + (row > 0 ? "\u{1B}[\(row)A" : "") + "\u{1B}[J")
    }

    /// Puts the cursor on the row below prompt and text, which stay.
    func leaveLine() {
        let rows = layout.position(behind: text).row - cursorRow
        output.write((rows > 0 ? "\u{1B}[\(rows)B" : "") + "\r\n")
    }

    /// Prints `lines` above the prompt, which is then drawn anew below them, with the text and the cursor as before.
    func showNews() {
        let notices = news.takeNotices()
        if news.takeResized() {
            // The terminal has already re-flowed its rows: count them with the new width.
            eraseLine()
            ce_resize(editor)
        } else if notices.isEmpty {
            return
        } else {
            eraseLine()
        }
        for notice in notices { output.write(notice) }
        ce_refresh_all(editor)
    }

    /// Changes the prompt while a line is edited.
    func redraw(with prompt: Prompt, erasing isShown: Bool = true) {
        if isShown { eraseLine() }
        self.prompt = prompt
        let marked = prompt.marked
        ce_set_prompt(editor, marked, marked.count)
        ce_refresh_all(editor)
    }
}
