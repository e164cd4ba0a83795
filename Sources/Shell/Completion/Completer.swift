import Commands
import Terminal

/// Finds what can stand at the end of a text.
struct Completer {
    let runner: CellRunner

    func menu(for before: String) -> CompletionMenu { CompletionMenu() }
}
