import Commands
import ContainerRuntime
import Synchronization
import Terminal

/// Shows that an image is being made while a command waits for it: one line that changes on a terminal, a line at the
/// beginning and one at the end elsewhere. An image that is there already says nothing.
final class RecipeDisplay: Sendable {
    private struct State {
        var image: String?
        var stage: ImageProgress.Stage?
        var shownAt: ContinuousClock.Instant?
        var last: ImageProgress?
    }

    private static let pause = Duration.milliseconds(80)
    private let output: OutputStream
    private let language: Language
    private let isTerminal: Bool
    private let state = Mutex(State())

    private init(_ context: CommandContext) {
        output = context.error
        language = context.language
        isTerminal = context.error.isTerminal
    }

    /// The command, and those below it, with the progress of images that are made for them.
    static func showing(_ command: Command) -> Command {
        var shown = command
        shown.subcommands = command.subcommands.map(showing)
        if let run = command.run {
            shown.run = { line, context in
                let display = RecipeDisplay(context)
                defer { display.finish() }
                return await ImageProgress.$listener.withValue(ImageProgress.Listener { display.show($0) }) {
                    await run(line, context)
                }
            }
        }
        return shown
    }

    private func show(_ progress: ImageProgress) {
        let now = ContinuousClock.now
        state.withLock { state in
            if state.image != progress.image || state.stage != progress.stage {
                if state.image != progress.image { end(&state, succeeded: false) }
                state.image = progress.image
                state.stage = progress.stage
                state.shownAt = nil
                if !isTerminal { output.line(beginning(progress)) }
            }
            state.last = progress
            // Nothing more will be heard of it, and the command may go on for hours.
            if progress.stage == .copying, progress.completed >= progress.total { return end(&state, succeeded: true) }
            guard isTerminal, state.shownAt.map({ now - $0 > Self.pause }) ?? true else { return }
            state.shownAt = now
            output.write("\r" + line(progress) + "\u{1B}[K")
        }
    }

    private func finish() {
        state.withLock { end(&$0, succeeded: false) }
    }

    private func end(_ state: inout State, succeeded: Bool) {
        guard let image = state.image, let last = state.last else { return }
        if isTerminal { output.write("\r\u{1B}[K") }
        if succeeded {
            let size = ByteSize.decimal(last.completed)
            output.line(
                Localized(
                    ko: "\(image): 이미지를 만들었어요 (\(size))", en: "\(image): made (\(size))")(language))
        }
        state = State()
    }

    private func beginning(_ progress: ImageProgress) -> String {
        switch progress.stage {
        case .downloadingPackages:
            Localized(
                ko: "\(progress.image): 배포판의 패키지를 내려받는 중…", en: "\(progress.image): downloading packages…")(language)
        case .copying:
            Localized(
                ko: "\(progress.image): 이 컴퓨터의 패키지로 이미지를 만드는 중…",
                en: "\(progress.image): making the image from this machine's packages…")(language)
        }
    }

    /// `redis:latest: copying [=====>        ] 8.1MB/12.6MB`
    private func line(_ progress: ImageProgress) -> String {
        let verb =
            switch progress.stage {
            case .downloadingPackages: Localized(ko: "패키지 내려받는 중", en: "downloading packages")(language)
            case .copying: Localized(ko: "파일 복사하는 중", en: "copying files")(language)
            }
        let done = ByteSize.decimal(progress.completed)
        guard progress.total > 0 else { return "\(progress.image): \(verb) \(done)" }
        let width = 20
        let filled = min(width, width * progress.completed / progress.total)
        let bar =
            String(repeating: "=", count: max(0, filled - 1)) + (filled > 0 ? ">" : "")
            + String(repeating: " ", count: width - filled)
        return "\(progress.image): \(verb) [\(bar)] \(done)/\(ByteSize.decimal(progress.total))"
    }
}
