import CEditline
import Commands
import Glibc
import Terminal

/// A line on a terminal, edited with libedit. Keys come through a `KeyReader`; history, search, completion and pasting
/// are done here, so that they know Korean and cells of several lines.
///
/// Confined to the thread that made it.
final class LineEditor {
    enum Outcome: Equatable {
        case line(String)
        /// Ctrl-C
        case interrupted
        /// Ctrl-D on an empty line, or the terminal has gone.
        case end
        /// The program is asked to end.
        case leave
    }

    let keys: KeyReader
    let news: EditorNews
    let output: OutputStream
    let history: History
    /// What can stand at the end of the text before the cursor.
    var complete: ((_ before: String) -> CompletionMenu)?
    /// Used by search and completion to say something.
    var language: Language
    var style: Style

    var editor: OpaquePointer?
    var prompt = Prompt(text: "> ")
    var historyCursor: HistoryCursor?
    /// The text after which the last Tab found several candidates.
    var pendingMenu: [UInt32]?
    private var outcome: Outcome?

    /// - Parameters:
    ///   - input, output: the terminal; owned by the caller.
    /// - Returns: nil if libedit refuses the terminal.
    init?(
        input: Int32, output: Int32, news: EditorNews, history: History, language: Language, style: Style
    ) {
        keys = KeyReader(descriptor: input, bell: news.bell)
        self.news = news
        self.output = OutputStream(descriptor: output)
        self.history = history
        self.language = language
        self.style = style
        let callbacks = ce_callbacks(
            context: Unmanaged.passUnretained(self).toOpaque(),
            read_key: { context, key in
                guard let context, let key else { return -1 }
                return Unmanaged<LineEditor>.fromOpaque(context).takeUnretainedValue().readKey(key)
            },
            run_key: { context, key in
                guard let context else { return ce_continue }
                return Unmanaged<LineEditor>.fromOpaque(context).takeUnretainedValue().run(key)
            })
        guard let editor = ce_open(input, output, callbacks) else { return nil }
        self.editor = editor
        bindKeys()
    }

    deinit {
        ce_close(editor)
    }

    /// Reads one line.
    func read(_ prompt: Prompt) -> Outcome {
        self.prompt = prompt
        let marked = prompt.marked
        ce_set_prompt(editor, marked, marked.count)
        ce_resize(editor)
        (outcome, historyCursor, pendingMenu) = (nil, nil, nil)
        for notice in news.takeNotices() { output.write(notice) }
        if news.mustLeave { return .leave }
        output.write("\u{1B}[?2004h")
        let accepted = ce_read(editor)
        let text = self.text
        output.write("\u{1B}[?2004l")
        if let outcome { return outcome }
        guard accepted == 1 else { return .end }
        return .line((text.last == Key.lineFeed ? String(scalars: text.dropLast()) : String(scalars: text)).composed)
    }

    // MARK: The text

    /// The whole text as scalars.
    var text: [UInt32] {
        var (count, cursor) = (0, 0)
        let start = ce_line(editor, &count, &cursor)
        return Array(UnsafeBufferPointer(start: start, count: count))
    }

    var cursor: Int {
        var (count, cursor) = (0, 0)
        _ = ce_line(editor, &count, &cursor)
        return cursor
    }

    func insert(_ text: String) {
        let scalars = text.unicodeScalars.map(\.value)
        _ = ce_insert(editor, scalars, scalars.count)
    }

    func replaceAll(with text: String) {
        ce_set_cursor(editor, self.text.count)
        ce_delete_before(editor, self.text.count)
        insert(text)
    }

    // MARK: Keys

    private func bindKeys() {
        let own: [UInt32] = [
            Key.interrupt, Key.endOfInput, Key.backspace, Key.delete, Key.tab, Key.previousEntry, Key.nextEntry,
            Key.search, Key.suspend, Key.quit, Key.up, Key.down, Key.left, Key.right, Key.deleteForward, Key.paste,
            Key.backTab, Key.escape, Key.unknown,
        ]
        for key in own { ce_bind(editor, key) }
        let functions: [(UInt32, String)] = [
            (Key.home, "ed-move-to-beg"), (Key.end, "ed-move-to-end"), (Key.wordLeft, "ed-prev-word"),
            (Key.wordRight, "em-next-word"), (0x17, "ed-delete-prev-word"), (0x0C, "ed-clear-screen"),
            (Key.lineFeed, "ed-newline"), (Key.carriageReturn, "ed-newline"),
        ]
        for (key, function) in functions { ce_bind_function(editor, key, function) }
    }

    /// libedit asks for a key.
    private func readKey(_ key: UnsafeMutablePointer<UInt32>) -> Int32 {
        while true {
            switch keys.next() {
            case .key(let pressed):
                if pressed != Key.tab { pendingMenu = nil }
                key.pointee = pressed
                return 1
            case .end, .timeout:
                outcome = .end
                return 0
            case .news:
                if news.mustLeave {
                    outcome = .leave
                    leaveLine()
                    return 0
                }
                showNews()
            }
        }
    }

    private func run(_ key: UInt32) -> Int32 {
        if ![Key.up, Key.down, Key.previousEntry, Key.nextEntry].contains(key) { historyCursor = nil }
        switch key {
        case Key.interrupt, Key.quit:
            outcome = .interrupted
            leaveLine()
            return ce_end
        case Key.endOfInput:
            guard text.isEmpty else { return deleteForward() }
            outcome = .end
            return ce_end
        case Key.backspace, Key.delete: return deleteBackward()
        case Key.deleteForward: return deleteForward()
        case Key.left: return move(by: -1)
        case Key.right: return move(by: 1)
        case Key.up, Key.previousEntry: return step(older: true)
        case Key.down, Key.nextEntry: return step(older: false)
        case Key.tab: return completeAtCursor()
        case Key.search: return searchHistory()
        case Key.paste:
            insert(keys.pastedText().asTyped)
            return ce_refresh
        default: return ce_continue
        }
    }

    /// Characters as people count them: an emoji of several scalars goes at once.
    private func deleteBackward() -> Int32 {
        guard let last = String(scalars: text[..<cursor]).last else { return ce_beep }
        ce_delete_before(editor, last.unicodeScalars.count)
        return ce_refresh
    }

    private func deleteForward() -> Int32 {
        guard let next = String(scalars: text[cursor...]).first else { return ce_beep }
        let count = next.unicodeScalars.count
        ce_set_cursor(editor, cursor + count)
        ce_delete_before(editor, count)
        return ce_refresh
    }

    private func move(by direction: Int) -> Int32 {
        let passed = direction < 0 ? String(scalars: text[..<cursor]).last : String(scalars: text[cursor...]).first
        guard let passed else { return ce_beep }
        ce_set_cursor(editor, cursor + direction * passed.unicodeScalars.count)
        return ce_refresh
    }

    /// To the line above or below inside the text, or to an older or newer entry.
    private func step(older: Bool) -> Int32 {
        if historyCursor == nil, moveToNeighbourLine(up: older) { return ce_refresh }
        var walk = historyCursor ?? HistoryCursor(entries: history.all, draft: String(scalars: text))
        guard let entry = older ? walk.older() : walk.newer() else { return ce_beep }
        historyCursor = walk
        replaceAll(with: entry)
        return ce_refresh
    }

    private func moveToNeighbourLine(up: Bool) -> Bool {
        let (text, cursor) = (text, cursor)
        let start = (text[..<cursor].lastIndex(of: Key.lineFeed) ?? -1) + 1
        let column = cursor - start
        if up {
            guard start > 0 else { return false }
            let above = (text[..<(start - 1)].lastIndex(of: Key.lineFeed) ?? -1) + 1
            ce_set_cursor(editor, min(above + column, start - 1))
        } else {
            guard let end = text[cursor...].firstIndex(of: Key.lineFeed) else { return false }
            let belowEnd = text[(end + 1)...].firstIndex(of: Key.lineFeed) ?? text.count
            ce_set_cursor(editor, min(end + 1 + column, belowEnd))
        }
        return true
    }
}

extension String {
    init(scalars: some Sequence<UInt32>) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars.lazy.compactMap { Unicode.Scalar($0) })
        self.init(view)
    }

    /// Pasted text as if it had been typed: no carriage returns, no control characters but newlines, tabs as spaces,
    /// no newline at the end (Enter is the reader's to press).
    var asTyped: String {
        var text = String.UnicodeScalarView()
        var wasReturn = false
        for scalar in composed.unicodeScalars {
            switch scalar {
            case "\n" where wasReturn: break
            case "\n", "\r": text.append("\n")
            case "\t": text.append(contentsOf: "    ".unicodeScalars)
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): break
            default: text.append(scalar)
            }
            wasReturn = scalar == "\r"
        }
        while text.last == "\n" { text.removeLast() }
        return String(text)
    }
}
