import Commands
import ContainerRuntime
import Synchronization
import Terminal

/// Shows a pull or a push while it runs: redrawn in place on a terminal, a line for each change elsewhere.
final class TransferDisplay: Sendable {
    private struct State {
        var log = TransferLog()
        var drawnLines = 0
    }

    private let state = Mutex(State())
    private let output: OutputStream
    private let isScreen: Bool
    let isQuiet: Bool

    /// - Parameter output: where it is shown; `docker run` shows it on the error stream.
    init(output: OutputStream, environment: [String: String], isQuiet: Bool) {
        self.output = output
        self.isQuiet = isQuiet
        isScreen = !isQuiet && output.isTerminal && environment["TERM"] != "dumb"
    }

    /// Runs a transfer and shows it.
    func follow<Value: Sendable>(
        _ transfer: (@escaping @Sendable (TransferEvent) -> Void) async throws(RuntimeError) -> Value
    ) async throws(RuntimeError) -> Value {
        let ticker = isScreen ? Task { await self.tick() } : nil
        let result: Result<Value, RuntimeError>
        do throws(RuntimeError) {
            result = .success(try await transfer { self.take($0) })
        } catch {
            result = .failure(error)
        }
        ticker?.cancel()
        await ticker?.value
        if isScreen { state.withLock { draw(&$0, isLast: true) } }
        return try result.get()
    }

    /// A line of text between transfers.
    func line(_ text: String) {
        if !isQuiet { output.line(text) }
    }

    private func take(_ event: TransferEvent) {
        switch event {
        case .pulling(let repository, let reference): line("\(reference): Pulling from \(repository)")
        case .pushing(let repository): line("The push refers to repository [\(repository)]")
        case .layer(let name, let step):
            state.withLock { state in
                let isNews = state.log.apply(name, step)
                if isScreen || isQuiet || !isNews || Self.isFleeting(step) { return }
                output.line("\(name): \(TransferLog.word(step))")
            }
        }
    }

    /// Only a terminal, where it is drawn over, shows it.
    private static func isFleeting(_ step: TransferEvent.Step) -> Bool {
        switch step {
        case .downloading, .extracting, .pushing: true
        default: false
        }
    }

    private func tick() async {
        while (try? await Task.sleep(for: .milliseconds(100))) != nil {
            state.withLock { draw(&$0, isLast: false) }
        }
    }

    /// Draws over what was drawn before.
    private func draw(_ state: inout State, isLast: Bool) {
        let size = TerminalSize(descriptor: output.descriptor)
        // At the end all layers are left standing, however many they are.
        let lines = TransferScreen.lines(
            state.log, columns: Int(size?.columns ?? 80), rows: isLast ? .max : Int(size?.rows ?? 24))
        var text = state.drawnLines > 0 ? "\u{1B}[\(state.drawnLines)A" : ""
        for line in lines { text += "\r\(line)\u{1B}[K\n" }
        if lines.count < state.drawnLines { text += "\u{1B}[J" }
        output.write(text)
        state.drawnLines = lines.count
    }
}
