import Commands
import ContainerRuntime
import Glibc
import Synchronization
import Terminal

/// Finds what can stand at the end of a text: commands, their subcommands, flags and live names, programs and files of
/// the toolbox.
final class Completer {
    private let runner: CellRunner
    private var programs: [String]?

    /// How long Tab may take; names that have not come by then are not offered.
    private static let patience = Duration.milliseconds(700)

    init(runner: CellRunner) {
        self.runner = runner
    }

    /// Blocks its thread for a moment.
    func menu(for before: String) -> CompletionMenu {
        guard let place = CompletionWords(before), let prefix = place.words.last else { return CompletionMenu() }
        var candidates: [Completion] = []
        if place.words.count == 1, !place.isRedirection, !prefix.contains("/") {
            candidates = commandNames(prefix)
        } else if !place.isRedirection, let command = runner.commands.named(place.words[0]) {
            let (words, language) = (Array(place.words.dropFirst()), runner.configuration.language.current)
            candidates = timed { await command.completions(for: words, language: language) }
            if candidates.isEmpty, prefix.contains("/") || takesFile(place.words) { candidates = files(prefix) }
        } else {
            candidates = files(prefix)
        }
        return CompletionMenu(typed: place.typed, candidates: quoted(candidates, like: place))
    }

    private func takesFile(_ words: [String]) -> Bool {
        guard words.count >= 2 else { return false }
        return ["-f", "--filename", "-k", "--env-file", "-v", "--volume"].contains(words[words.count - 2])
    }

    private func commandNames(_ prefix: String) -> [Completion] {
        let language = runner.configuration.language.current
        let own = runner.commands.commands.filter { $0.name.hasPrefix(prefix) }
        var found = own.map { Completion($0.name, explanation: $0.summary(language)) }
        // An empty prefix shows what matters, not three hundred programs.
        guard !prefix.isEmpty else { return found }
        let names = Set(own.map(\.name))
        found += toolboxPrograms().filter { $0.hasPrefix(prefix) && !names.contains($0) }.map { Completion($0) }
        return found
    }

    private func toolboxPrograms() -> [String] {
        if let programs { return programs }
        let access = ToolboxFiles(toolbox: runner.toolbox)
        let found: [String] = timed {
            var names: Set<String> = []
            for directory in ["/bin", "/usr/bin", "/sbin", "/usr/sbin"] {
                names.formUnion((try? await access.list(directory, workingDirectory: "/")) ?? [])
            }
            names.subtract(["[", "[["])
            return names.sorted()
        }
        if !found.isEmpty { programs = found + ["cd", "export", "unset", "alias", "jobs", "fg", "bg", "set"] }
        return found
    }

    private func files(_ prefix: String) -> [Completion] {
        let slash = prefix.lastIndex(of: "/")
        let directory = slash.map { String(prefix[...$0]) } ?? ""
        let name = slash.map { String(prefix[prefix.index(after: $0)...]) } ?? prefix
        let access = ToolboxFiles(toolbox: runner.toolbox)
        let current = runner.workingDirectory
        let searched = directory.hasPrefix("~/") ? "/root/" + directory.dropFirst(2) : directory
        return timed {
            let names = (try? await access.list(searched.isEmpty ? "." : searched, workingDirectory: current)) ?? []
            var found: [Completion] = []
            for candidate in names.prefix(2000)
            where candidate.hasPrefix(name) && (!candidate.hasPrefix(".") || name.hasPrefix(".")) {
                let isDirectory = await access.isDirectory(searched + candidate, workingDirectory: current)
                found.append(Completion(directory + candidate + (isDirectory ? "/" : ""), continues: isDirectory))
            }
            return found
        }
    }

    /// Words with characters that mean something to a shell, as they have to be typed.
    private func quoted(_ candidates: [Completion], like place: CompletionWords) -> [Completion] {
        let quote = place.typed.first.flatMap { "'\"".contains($0) ? $0 : nil }
        return candidates.map { candidate in
            var candidate = candidate
            if let quote {
                candidate.word = "\(quote)\(candidate.word)\(candidate.continues ? "" : String(quote))"
            } else {
                candidate.word = candidate.word.reduce(into: "") { text, character in
                    if " \t'\"\\$`|&;<>()*?[]!#".contains(character) { text.append("\\") }
                    text.append(character)
                }
            }
            return candidate
        }
    }

    private func timed<Element: Sendable>(_ work: @escaping @Sendable () async -> [Element]) -> [Element] {
        waitFor {
            let arrival = FirstArrival<[Element]>()
            return await withCheckedContinuation { continuation in
                arrival.expect(continuation)
                Task { arrival.arrive(await work()) }
                Task {
                    try? await Task.sleep(for: Self.patience)
                    arrival.arrive([])
                }
            }
        }
    }
}

/// Resumes a continuation with whatever comes first.
private final class FirstArrival<Value: Sendable>: Sendable {
    private let waiting = Mutex<CheckedContinuation<Value, Never>?>(nil)

    func expect(_ continuation: CheckedContinuation<Value, Never>) {
        waiting.withLock { $0 = continuation }
    }

    func arrive(_ value: Value) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: value)
    }
}
