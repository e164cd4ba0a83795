import ContainerRuntime
import Glibc
import Lessons
import Terminal

/// Runs cells in a shell of their own inside the toolbox, and keeps what they print.
struct ToolboxExecutor: CellExecutor {
    let toolbox: Toolbox
    let answers: AnswerBox

    func execute(_ cell: String) async -> (status: Int32, output: String) {
        var ends: [Int32] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { return (125, "pipe: errno \(errno)") }
        let (reader, writer) = (ends[0], ends[1])
        do throws(RuntimeError) {
            let id = try await toolbox.container()
            let configuration = ExecConfiguration(
                command: ["sh", "-c", cell], environment: toolbox.environment, workingDirectory: "/work")
            let session = try await toolbox.runtime.exec(
                id, configuration, streams: StreamDescriptors(output: writer, error: writer))
            close(writer)
            async let output = BlockingThread.run { Self.readAll(reader) }
            let status = try await session.wait()
            return (status.code, await output)
        } catch {
            close(writer)
            close(reader)
            return (125, "\(error)")
        }
    }

    func takeAnswer() async -> String? {
        await answers.take()
    }

    private static func readAll(_ descriptor: Int32) -> String {
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}

/// The last answer that a cell gave.
public actor AnswerBox {
    private var answer: String?

    public init() {}

    func put(_ text: String) {
        answer = text
    }

    func take() -> String? {
        defer { answer = nil }
        return answer
    }
}
