import Commands
import Glibc
import Shell
import Terminal
import Transcripts

/// `kijabi replay FILE`: play, `--verify`, `--fork K`, `--export FORMAT`.
enum ReplayMode {
    static func command(_ program: Program) -> Command {
        Command(
            "replay",
            summary: Localized(ko: "녹화를 재생하거나, 다시 실행해 견주기", en: "Play a recording, or run it again and compare"),
            usage: "FILE",
            examples: [
                ("kijabi replay transcripts/desired-state.cast", Localized(ko: "재생하기", en: "Play it")),
                (
                    "kijabi replay --verify transcripts/desired-state.cast",
                    Localized(ko: "진짜로 다시 실행해서 견주기", en: "Run it again for real and compare")
                ),
                (
                    "kijabi replay --fork 5 transcripts/desired-state.cast",
                    Localized(ko: "5번 칸까지 실행하고 이어받기", en: "Run up to cell 5, then take over")
                ),
            ],
            flags: [
                Flag("speed", .text, placeholder: "N", summary: Localized(ko: "빠르기", en: "how fast"), fallback: "1"),
                Flag("step", summary: Localized(ko: "칸마다 Enter 를 기다리기", en: "wait for Enter before each cell")),
                Flag("verify", summary: Localized(ko: "다시 실행해 견주기", en: "run again for real and compare")),
                Flag(
                    "fork", .integer, placeholder: "K",
                    summary: Localized(ko: "K번 칸까지 실행하고 셸을 넘겨받기", en: "run up to cell K, then hand over the shell")),
                Flag(
                    "export", .text, placeholder: "FORMAT",
                    summary: Localized(ko: "다른 형식으로 내보내기", en: "print it in a format"),
                    allowed: TranscriptExport.allCases.map(\.rawValue)),
            ]
        ) { line, context in
            guard line.allArguments.count == 1 else {
                context.error.line("kijabi replay FILE")
                return 2
            }
            let transcript: Transcript
            do {
                let bytes = try await context.files.read(
                    line.allArguments[0], workingDirectory: context.workingDirectory)
                transcript = try Transcript(parsing: bytes, file: line.allArguments[0])
            } catch let error as FileAccessError {
                context.error.line("kijabi: \(error.path): \(String(cString: strerror(error.errno)))")
                return 1
            } catch {
                context.error.line("kijabi: \(error)")
                return 1
            }
            if let name = line["export"], let format = TranscriptExport(rawValue: name) {
                context.output.write(format.export(transcript))
                return 0
            }
            if line.isOn("verify") {
                return await TranscriptCheck(program: program, line: line, context: context).verify(transcript)
            }
            if let cell = line.integer("fork") { return await fork(program, line, context, transcript, upTo: cell) }
            return await play(transcript, line, context)
        }
    }

    private static func play(_ transcript: Transcript, _ line: Invocation, _ context: CommandContext) async -> Int32 {
        guard let speed = Double(line["speed"] ?? "1"), speed > 0, speed.isFinite else {
            context.error.line("error: --speed: \(line["speed"] ?? "") (0.1 … 100)")
            return 2
        }
        let input = InputStream(descriptor: context.input)
        let waits = line.isOn("step") && isatty(context.input) == 1
        let player = TranscriptPlayer(transcript, speed: speed)
        let finished = await player.play(to: context.output) { _ in
            guard waits else { return true }
            return await input.readLine() != nil
        }
        return finished ? 0 : 130
    }

    private static func fork(
        _ program: Program, _ line: Invocation, _ context: CommandContext, _ transcript: Transcript, upTo cell: Int
    ) async -> Int32 {
        guard transcript.cells.contains(where: { $0.number == cell }) else {
            let numbers = transcript.cells.map(\.number)
            context.error.line(
                Localized(
                    ko: "\(cell)번 칸은 없어요 (\(numbers.min() ?? 0) … \(numbers.max() ?? 0))",
                    en: "there is no cell \(cell) (\(numbers.min() ?? 0) … \(numbers.max() ?? 0))")(context.language))
            return 2
        }
        guard InteractiveSession.isPossible() else {
            context.error.line(
                Localized(ko: "kijabi replay --fork: 터미널이 필요해요", en: "kijabi replay --fork: needs a terminal")(
                    context.language))
            return 2
        }
        var session = ShellSession(program, line, TranscriptCheck.context(context, of: transcript))
        session.options = HouseOptions(line, session: transcript.session)
        session.openingCells = ReplaySession.opening(transcript, upTo: cell)
        session.progressFile = TranscriptCheck.scratchProgress(context)
        return await session.run()
    }
}
