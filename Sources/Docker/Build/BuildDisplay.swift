import Commands
import ContainerRuntime
import Synchronization
import Terminal

/// Shows a build while it runs: redrawn in place on a terminal, as lines elsewhere, or not at all.
final class BuildDisplay: Sendable {
    enum Kind { case automatic, terminal, plain, quiet }

    private struct State {
        var log = BuildLog()
        var plain = PlainBuildText()
        var drawnLines = 0
        var lastDrawn = -1.0
        var hasEnded = false
        /// By the clock of the events, and of this machine: what animates the times between two events.
        var clock: (event: Double, instant: ContinuousClock.Instant)?
    }

    private enum Shape { case terminal, plain, quiet }

    private let state = Mutex(State())
    private let shape: Shape
    private let context: CommandContext
    /// Seconds between two drawings.
    private static let pace = 0.1

    init(kind: Kind, context: CommandContext) {
        self.context = context
        let isScreen = context.error.isTerminal && context.environment["TERM"] != "dumb"
        shape =
            switch kind {
            case .quiet: .quiet
            case .plain: .plain
            case .terminal: context.error.isTerminal ? .terminal : .plain
            case .automatic: isScreen ? .terminal : .plain
            }
    }

    var log: BuildLog { state.withLock { $0.log } }

    /// Runs a build and shows it.
    func follow(
        _ build: @Sendable (@escaping @Sendable (BuildEvent) -> Void) async throws(BuildError) -> BuiltImage
    ) async -> Result<BuiltImage, BuildError> {
        let ticker = shape == .terminal ? Task { await self.tick() } : nil
        let result = await withTaskCancellationHandler {
            do throws(BuildError) {
                return Result<BuiltImage, BuildError>.success(try await build { self.take($0) })
            } catch {
                return .failure(error)
            }
        } onCancel: {
            // The terminal has written ^C somewhere: what is there now stays.
            state.withLock { $0.hasEnded = true }
        }
        ticker?.cancel()
        await ticker?.value
        finish(result)
        return result
    }

    private func take(_ event: BuildEvent) {
        state.withLock { state in
            state.log.apply(event)
            state.clock = (event.time, .now)
            switch shape {
            case .plain: context.error.write(state.plain.text(for: event))
            case .terminal: if !state.hasEnded, event.time - state.lastDrawn >= Self.pace { draw(&state, end: nil) }
            case .quiet: break
            }
        }
    }

    /// Draws although nothing happens: time goes on.
    private func tick() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100))
            state.withLock { if !$0.hasEnded { draw(&$0, end: nil) } }
        }
    }

    private func finish(_ result: Result<BuiltImage, BuildError>) {
        state.withLock { state in
            if shape == .terminal, !state.hasEnded {
                let end = if case .success = result { "FINISHED" } else { "" }
                draw(&state, end: end)
            }
            state.hasEnded = true
            if shape != .quiet { context.error.write(Self.warnings(state.log)) }
        }
    }

    private func draw(_ state: inout State, end: String?) {
        guard let clock = state.clock else { return }
        let size = TerminalSize(descriptor: context.error.descriptor)
        let time = end != nil ? state.log.time : clock.event + Self.seconds(ContinuousClock.now - clock.instant)
        state.lastDrawn = time
        let lines = BuildScreen(style: context.style).lines(
            state.log, time: time, columns: Int(size?.columns ?? 80), rows: end == nil ? Int(size?.rows ?? 24) : .max,
            end: end)
        // Up to where the last drawing began, and clear what is below.
        let back = state.drawnLines > 0 ? "\u{1B}[\(state.drawnLines)A" : ""
        context.error.write(back + "\r\u{1B}[J" + lines.map { $0 + "\n" }.joined())
        state.drawnLines = end == nil ? lines.count : 0
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    private static func warnings(_ log: BuildLog) -> String {
        guard !log.warnings.isEmpty else { return "" }
        let count = log.warnings.count
        var text = "\n \(count) warning\(count == 1 ? "" : "s") found:\n"
        for (sentence, excerpt) in log.warnings {
            text += " - \(sentence)" + (excerpt.map { " (line \($0.marked.lowerBound))" } ?? "") + "\n"
        }
        return text
    }
}
