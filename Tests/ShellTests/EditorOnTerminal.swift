import CEditline
import Commands
import Foundation
import Glibc
import Synchronization
import Terminal

@testable import Shell

/// A line editor on a real pseudo-terminal, and the person before it.
final class EditorOnTerminal: Sendable {
    let leader: Int32
    let news = EditorNews()
    private let outcome = Arrival<[LineEditor.Outcome]>()
    private let done = Bell()
    private let screen = Mutex<[UInt8]>([])

    /// Reads `count` lines on a thread of its own.
    init?(
        _ count: Int = 1, history entries: [String] = [], columns: UInt16 = 80,
        complete: (@Sendable (String) -> CompletionMenu)? = nil
    ) {
        setenv("TERM", "xterm", 1)
        _ = ce_use_utf8_locale()
        guard let terminal = PseudoTerminal(size: TerminalSize(columns: columns, rows: 24)) else { return nil }
        leader = dup(terminal.leader)
        _ = fcntl(leader, F_SETFL, O_NONBLOCK)
        let follower = terminal.takeFollower()
        let (news, outcome, done) = (news, outcome, done)
        // Not by a task: tests hold the threads that tasks run on.
        Thread.detachNewThread {
            let history = History(file: nil)
            for entry in entries { history.append(entry) }
            let editor = LineEditor(
                input: follower, output: follower, news: news, history: history, language: .english,
                style: Style(isEnabled: false))
            editor?.complete = complete
            var outcomes: [LineEditor.Outcome] = []
            for _ in 0..<count { if let read = editor?.read(Prompt(text: "[1] ⎈ ")) { outcomes.append(read) } }
            outcome.set(outcomes)
            done.ring()
            close(follower)
        }
        // Keys before the editor has the terminal would be edited by the kernel.
        waitForText("⎈ ")
    }

    deinit {
        close(leader)
    }

    func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        _ = bytes.withUnsafeBytes { write(leader, $0.baseAddress, $0.count) }
    }

    /// Types, then waits until `text` has been drawn (at most ten seconds).
    @discardableResult
    func type(_ keys: String, thenSee text: String) -> Bool {
        screen.withLock { $0 = [] }
        type(keys)
        return waitForText(text)
    }

    @discardableResult
    func waitForText(_ text: String) -> Bool {
        let end = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < end {
            pump(100)
            if seen.contains(text) { return true }
        }
        return false
    }

    var seen: String { screen.withLock { String(decoding: $0, as: UTF8.self) } }

    /// What was read; nil if the editor did not come back within ten seconds.
    func outcomes() -> [LineEditor.Outcome]? {
        let end = ContinuousClock.now + .seconds(10)
        while outcome.value == nil, ContinuousClock.now < end { pump(20) }
        return outcome.value
    }

    private func pump(_ milliseconds: Int32) {
        var wait = [
            pollfd(fd: leader, events: Int16(POLLIN), revents: 0),
            pollfd(fd: done.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&wait, 2, milliseconds) > 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(leader, &buffer, buffer.count)
        if count > 0 { screen.withLock { $0 += buffer[..<count] } }
    }
}
