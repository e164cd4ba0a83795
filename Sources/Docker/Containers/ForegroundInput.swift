import Commands
import Synchronization
import Terminal

/// The caller's keys on their way into a container, and the news that the detach keys were pressed among them.
final class ForegroundInput: Sendable {
    static let flag = Flag(
        "detach-keys", .text, placeholder: "KEYS",
        summary: Localized(ko: "떠나는 키 [ctrl-p,ctrl-q]", en: "Keys that detach [ctrl-p,ctrl-q]"))

    /// What the engine reads; nil for no input.
    let descriptor: Int32?
    private let keys: DetachableInput?
    let detachments: AsyncStream<Void>

    /// - Parameter hasTerminal: only then there are keys.
    init(_ context: CommandContext, isWanted: Bool, hasTerminal: Bool, keys: DetachKeys) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        detachments = stream
        let watched =
            isWanted && hasTerminal && !keys.bytes.isEmpty
            ? DetachableInput(source: context.input, keys: keys) { continuation.yield() } : nil
        self.keys = watched
        descriptor = isWanted ? watched?.readEnd ?? context.input : nil
    }

    /// Reads no more keys.
    func stop() { keys?.stop() }

    /// - Returns: nil where the flag cannot be understood, after telling.
    static func keys(_ line: Invocation, _ context: CommandContext) -> DetachKeys? {
        guard let text = line["detach-keys"] else { return .standard }
        if let keys = DetachKeys(text) { return keys }
        context.error.line("docker: invalid detach keys (\(text)) provided")
        return nil
    }
}
