import CLinux
import Glibc
public import Terminal

/// A command to be run in a virtual machine.
public struct GuestCommand: Sendable {
    public var words: [String]
    /// `NAME=value` entries.
    public var environment: [String]
    /// It gets a terminal of this size.
    public var terminal: TerminalSize?
    /// The caller's descriptors, open as long as it runs. Without input it reads end-of-file.
    public var input: Int32?
    public var output: Int32
    public var error: Int32

    public init(_ words: [String], input: Int32? = nil, output: Int32, error: Int32) {
        self.words = words
        environment = []
        terminal = nil
        self.input = input
        self.output = output
        self.error = error
    }
}

/// A command that runs in a virtual machine: its streams are carried over the machine's line piece by piece, and no more is
/// under way than the other side has room for.
struct GuestSession {
    let connection: GuestConnection
    let machine: String
    let command: GuestCommand

    /// How long a command may take to react to an interrupt before it is killed.
    private static let patience = Duration.seconds(1)

    /// - Returns: its exit status as a shell reports it. An interrupted task interrupts the command, and then ends it.
    func run() async throws(MachineError) -> Int32 {
        guard let (channel, events) = connection.open() else { throw .busy(machine) }
        let terminal = command.terminal.map { (columns: $0.columns, rows: $0.rows) }
        guard
            let frame = GuestFrame.run(
                channel: channel, command.words, environment: command.environment, terminal: terminal)
        else { throw .commandNotExecutable(command.words.first ?? "", errno: E2BIG) }
        let (acknowledgements, acknowledge) = AsyncStream.makeStream(of: Int.self)
        connection.send(frame)
        let input = Task { await sendInput(channel, acknowledgements) }
        let sizes = Task { await followSize(channel) }
        defer {
            input.cancel()
            sizes.cancel()
        }
        let connection = connection
        let status = await withTaskCancellationHandler {
            // Output goes on when this task is cancelled: the command was told, and how it takes it is what counts.
            await Task { await receive(events, channel, acknowledge) }.value
        } onCancel: {
            connection.send(GuestFrame(.signal, channel: channel, [UInt8(SIGINT)]))
            Task {
                try? await Task.sleep(for: Self.patience)
                connection.send(GuestFrame(.signal, channel: channel, [UInt8(SIGKILL)]))
            }
        }
        guard let status else { throw .machineEnded(machine) }
        if status < 0 {
            let name = command.words.first ?? ""
            throw status == -ENOENT || status == -ENOTDIR
                ? .commandNotFound(name) : .commandNotExecutable(name, errno: -status)
        }
        return Self.exitStatus(status)
    }

    /// As of waitpid(2), told as a shell does.
    static func exitStatus(_ status: Int32) -> Int32 {
        status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    /// - Returns: the status; nil if the machine ended first.
    private func receive(
        _ events: AsyncStream<GuestConnection.Event>, _ channel: UInt16, _ acknowledge: AsyncStream<Int>.Continuation
    ) async -> Int32? {
        defer { acknowledge.finish() }
        for await event in events {
            switch event {
            case .output(let bytes): await write(bytes, command.output, channel)
            case .error(let bytes): await write(bytes, command.error, channel)
            case .acknowledged(let count): acknowledge.yield(count)
            case .exit(let status): return status
            }
        }
        return nil
    }

    private func write(_ bytes: [UInt8], _ descriptor: Int32, _ channel: UInt16) async {
        let isRead = await OutputStream(descriptor: descriptor).send(bytes)
        connection.send(
            GuestFrame(.acknowledge, channel: channel, GuestFrame.bytes(of: UInt32(bytes.count))))
        // What a program gets whose reader has gone away.
        if !isRead { connection.send(GuestFrame(.signal, channel: channel, [UInt8(SIGPIPE)])) }
    }

    private func sendInput(_ channel: UInt16, _ acknowledgements: AsyncStream<Int>) async {
        var underWay = 0
        var acknowledged = acknowledgements.makeAsyncIterator()
        if let input = command.input {
            while let bytes = await InputStream(descriptor: input).bytes(upTo: Int(GUEST_INPUT_WINDOW)) {
                connection.send(GuestFrame(.input, channel: channel, bytes))
                underWay += bytes.count
                while underWay > 0 {
                    guard let count = await acknowledged.next(), !Task.isCancelled else { return }
                    underWay -= count
                }
            }
        }
        if !Task.isCancelled { connection.send(GuestFrame(.input, channel: channel)) }
    }

    private func followSize(_ channel: UInt16) async {
        guard command.terminal != nil else { return }
        for await size in TerminalSizeMonitor(descriptor: command.output).sizes() {
            connection.send(
                GuestFrame(
                    .resize, channel: channel, GuestFrame.bytes(of: size.columns) + GuestFrame.bytes(of: size.rows)))
        }
    }
}
