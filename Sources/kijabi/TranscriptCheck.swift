import Commands
import Glibc
import Shell
import Terminal
import Transcripts

/// Runs a recording again in a house of its own and says where it differs.
struct TranscriptCheck {
    let program: Program
    let line: Invocation
    let context: CommandContext

    func verify(_ transcript: Transcript) async -> Int32 {
        let context = Self.context(context, of: transcript)
        guard let house = await House.open(program, HouseOptions(line, session: transcript.session), context) else {
            return 1
        }
        let progress = Self.scratchProgress(context)
        defer { unlink(progress) }
        let guide = await house.lessons(line, progress: progress, columns: transcript.header.columns)
        var configuration = house.shell(guide.map { LessonCommands.make($0) } ?? [])
        if let guide {
            configuration.onToolbox = { await guide.use($0) }
            configuration.onQuit = { await guide.quit() }
            configuration.onCellEnd = { await guide.cellEnded() }
        }
        // The terminal of the recording had colours; this one is compared without them.
        configuration.environment["TERM"] = "xterm-256color"
        configuration.environment["NO_COLOR"] = nil
        let progressNote = context.error
        let session = ReplaySession(configuration, transcript)
        let results: [TranscriptVerifier.Result]
        do throws(ShellError) {
            results = try await session.run { place, _ in
                if progressNote.isTerminal { progressNote.write("\r\(place + 1)/\(transcript.cells.count) ") }
            }
        } catch {
            context.error.line("kijabi: \(error)")
            await house.close()
            return 1
        }
        if progressNote.isTerminal { progressNote.write("\r\u{1B}[K") }
        await house.close()
        return await compare(transcript, results)
    }

    private func compare(_ transcript: Transcript, _ results: [TranscriptVerifier.Result]) async -> Int32 {
        var remaining = results[...]
        // Recorded texts have their secrets struck out.
        let run: () -> TranscriptVerifier.Result? = {
            remaining.popFirst().map { .init(status: $0.status, output: Secrets.struckOut($0.output)) }
        }
        let report = await TranscriptVerifier(transcript).verify(run: { _ in run() }) {
            cell, comparison in
            show(cell, comparison)
        }
        let same = report.cells.filter { $0.comparison == .same || $0.comparison == .notComparable }.count
        let tenths = Int((report.maskedShare * 1000).rounded())
        context.output.line("masked: \(tenths / 10).\(tenths % 10) %")
        context.output.line("\(same) passed, \(report.cells.count - same) failed")
        return report.isSame ? 0 : 1
    }

    private func show(_ cell: Transcript.Cell, _ comparison: CellComparison) {
        let source = cell.source.split(separator: "\n").first.map(String.init) ?? ""
        switch comparison {
        case .same: context.output.line(context.style("✓", .green) + " [\(cell.number)] \(source)")
        case .notComparable:
            context.output.line(context.style("≈", .yellow) + " [\(cell.number)] \(source)  (only its status compared)")
        case .statusDiffers(let recorded, let now):
            context.output.line(
                context.style("✗", .red) + " [\(cell.number)] \(source)  exit status: recorded \(recorded), now \(now)")
        case .couldNotRun(let reason):
            context.output.line(context.style("✗", .red) + " [\(cell.number)] \(source)  could not run \(reason)")
        case .differs(let recorded, let now):
            context.output.line(context.style("✗", .red) + " [\(cell.number)] \(source)  differs")
            for difference in LineDifference.of(recorded, now) { context.output.line("    " + difference) }
        }
    }

    /// The context with the language of the recording.
    static func context(_ context: CommandContext, of transcript: Transcript) -> CommandContext {
        var context = context
        if let language = transcript.session.flatMap({ Language(rawValue: $0.language) }) {
            context.language = language
        }
        return context
    }

    /// A progress file that begins empty and is nobody's.
    static func scratchProgress(_ context: CommandContext) -> String {
        Places(environment: context.environment).runtime + "/progress-\(getpid())"
    }
}

/// The lines in which two texts differ, `-` before those of the first and `+` before those of the second.
enum LineDifference {
    static func of(_ left: String, _ right: String) -> [String] {
        let (old, new) = (left.split(separator: "\n"), right.split(separator: "\n"))
        let difference = new.difference(from: old)
        return difference.map { change in
            switch change {
            case .remove(_, let line, _): "- \(line)"
            case .insert(_, let line, _): "+ \(line)"
            }
        }
    }
}
