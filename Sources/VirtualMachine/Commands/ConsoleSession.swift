import Commands
import Glibc
import Terminal

/// The caller's terminal as the console of a machine: every key goes there, Ctrl-C included, but for one that leads out.
struct ConsoleSession {
    let console: MachineConsole
    let context: CommandContext
    /// Shows what the console has said before.
    let fromStart: Bool

    /// Ctrl-], as telnet(1) and virsh(1) have it.
    private static let escape: UInt8 = 0x1D

    enum Outcome: Sendable {
        /// The machine has ended.
        case ended
        case left
    }

    func run() async -> Outcome {
        let raw = RawTerminal(descriptor: context.input)
        defer { raw?.restore() }
        let (console, context) = (console, context)
        let output = console.output(fromStart: fromStart)
        return await withTaskGroup(of: Outcome.self) { group in
            group.addTask {
                for await bytes in output where !(await context.output.send(bytes)) { return .left }
                return Task.isCancelled ? .left : .ended
            }
            group.addTask {
                let input = InputStream(descriptor: context.input)
                while let bytes = await input.bytes(upTo: 256) {
                    if let end = bytes.firstIndex(of: Self.escape) {
                        console.write(Array(bytes[..<end]))
                        return .left
                    }
                    console.write(bytes)
                }
                return .left
            }
            let outcome = await group.next() ?? .left
            group.cancelAll()
            return outcome
        }
    }
}
