import Commands
import Glibc
import KubernetesAPI
import Terminal

/// The caller's descriptors joined to a process in a container, for `exec`, `attach` and `run -it`.
struct StreamSession {
    let call: Call
    /// Standard input is passed on.
    var passesInput: Bool
    /// A terminal was asked for; it is given only where the caller sits at one.
    var wantsTerminal: Bool
    var isQuiet = false
    /// When the caller is interrupted, so is the process (`exec`); otherwise it is only left (`attach`).
    var interruptsProcess = false

    /// The process sees a terminal.
    var usesTerminal: Bool {
        wantsTerminal && passesInput && OutputStream(descriptor: call.context.input).isTerminal
    }

    /// Runs what `start` starts with the caller's terminal raw, forwarding its size.
    /// - Returns: the exit status
    func run(_ options: PodExecOptions, _ start: (PodExecOptions) async throws -> any PodSession) async throws -> Int32
    {
        var options = options
        options.input = passesInput ? call.context.input : nil
        options.output = call.context.output.descriptor
        options.error = call.context.error.descriptor
        if wantsTerminal, passesInput, !usesTerminal, !isQuiet {
            call.complain("Unable to use a TTY - input is not a terminal or the right kind of file")
        }
        guard usesTerminal else { return try await outcome(of: start(options)) }
        // A terminal that does not know its size has the usual one.
        let size = TerminalSize(descriptor: call.context.input) ?? TerminalSize(columns: 80, rows: 24)
        options.terminal = (columns: size.columns, rows: size.rows)
        options.error = nil
        let raw = RawTerminal(descriptor: call.context.input)
        defer { raw?.restore() }
        let session = try await start(options)
        let descriptor = call.context.input
        return try await withThrowingTaskGroup(of: Int32?.self) { group in
            group.addTask {
                for await size in TerminalSizeMonitor(descriptor: descriptor).sizes() {
                    await session.resize(columns: size.columns, rows: size.rows)
                }
                return nil
            }
            group.addTask { try await outcome(of: session) }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    /// The exit status of the process. When the caller is interrupted, the wait ends at once.
    private func outcome(of session: any PodSession) async throws -> Int32 {
        let (results, continuation) = AsyncStream.makeStream(of: Result<Int32, any Error>.self)
        // Not a child task: a session may not notice cancellation, and the caller must not wait for it then.
        Task {
            do {
                continuation.yield(.success(try await session.wait()))
            } catch {
                continuation.yield(.failure(error))
            }
            continuation.finish()
        }
        for await result in results { return try result.get() }
        let interrupts = interruptsProcess
        Task {
            if interrupts { await session.signal(SIGINT) }
            await session.detach()
        }
        throw CancellationError()
    }
}
