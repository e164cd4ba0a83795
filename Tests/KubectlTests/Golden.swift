import Glibc
import Terminal
import Testing

/// Sessions with kubectl, compared with those in `Golden/`. `KIJABI_RECORD=1` writes them anew; read them before you
/// commit.
///
/// A line of standard error begins with `! `, a status other than 0 is a line `= STATUS`.
final class Golden {
    private let bench: Bench
    private let name: String
    private var text = ""

    init(_ name: String, _ bench: Bench) {
        self.name = name
        self.bench = bench
    }

    /// Runs the line and notes what it answers.
    func run(_ line: String, input: String = "", language: Language = .english) async throws {
        let result = try await bench.run(line, input: input, language: language)
        text += "$ kubectl \(line)\n" + Self.withoutChance(result.output)
        if !result.output.isEmpty, !result.output.hasSuffix("\n") { text += "⏎\n" }
        for line in result.error.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            text += "! \(line)\n"
        }
        if result.status != 0 { text += "= \(result.status)\n" }
        text += "\n"
    }

    /// What the server draws or counts, and kubectl only passes on.
    private static func withoutChance(_ text: String) -> String {
        text.replacing(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, with: "(uid)")
            .replacing(/(resourceVersion"?: )"[0-9]+"/) { "\($0.output.1)\"(n)\"" }
    }

    /// Compares the session with the recorded one.
    func check(file: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let directory = file.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Golden"
        let path = "\(directory)/\(name).txt"
        if getenv("KIJABI_RECORD") != nil {
            let output = try #require(fopen(path, "w"))
            fputs(text, output)
            fclose(output)
            return
        }
        let recorded = read(path)
        guard recorded != text else { return }
        let (old, new) = (
            recorded.split(separator: "\n", omittingEmptySubsequences: false),
            text.split(separator: "\n", omittingEmptySubsequences: false)
        )
        let first =
            zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(old.count, new.count)
        let context = new[max(0, first - 3)..<min(new.count, first + 3)].joined(separator: "\n")
        let expected = first < old.count ? String(old[first]) : "(end)"
        Issue.record(
            "\(name), line \(first + 1): expected \(expected.debugDescription)\nanswered, nearby:\n\(context)",
            sourceLocation: sourceLocation)
    }

    private func read(_ path: String) -> String {
        guard let input = fopen(path, "r") else { return "" }
        defer { fclose(input) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, input)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
