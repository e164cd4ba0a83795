/// Whether a text can be run, or more lines must follow.
public enum CellCompleteness: Sendable, Hashable {
    case complete
    /// A quote, here-document, compound command or `|` is still open, or the last line ends in a backslash.
    case incomplete

    /// What a POSIX shell would decide (Shell Command Language, XCU chapter 2). Text that no further line can mend
    /// counts as complete: the shell says what is wrong with it.
    public init(of text: String) {
        var grammar = ShellGrammar(text)
        do {
            while try grammar.completeCommand() != nil {}
            self = .complete
        } catch .unfinished {
            self = .incomplete
        } catch {
            self = .complete
        }
    }
}

/// Cuts a script into cells: its complete commands, each with the comments before it.
public struct CellSequence: Sequence, IteratorProtocol, Sendable {
    private var grammar: ShellGrammar
    private var isOver = false

    public init(_ script: String) {
        grammar = ShellGrammar(script)
    }

    public mutating func next() -> String? {
        guard !isOver else { return nil }
        do {
            guard let cell = try grammar.completeCommand() else { return nil }
            return cell
        } catch {
            // The rest is wrong or cut off: the shell tells how.
            isOver = true
            return grammar.rest
        }
    }
}
