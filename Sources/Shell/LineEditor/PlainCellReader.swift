import Glibc
import Terminal

/// Lines from a terminal that can do nothing but print (`TERM=dumb`, Emacs' shell mode, some screen readers): the
/// terminal's own line editing, no escape sequences.
final class PlainCellReader: CellReader {
    private let input: Int32
    private let output: OutputStream
    private let news: EditorNews
    private var received: [UInt8] = []

    init(input: Int32, output: OutputStream, news: EditorNews) {
        self.input = input
        self.output = output
        self.news = news
    }

    func prepare(language: Language, typedAhead: [UInt8]) {
        received += typedAhead.map { $0 == 0x0D ? 0x0A : $0 }
    }

    func read(_ prompt: Prompt) -> LineEditor.Outcome {
        for notice in news.takeNotices() { output.write(notice) }
        output.write(prompt.text)
        while true {
            if received.first == 0x04 {
                received.removeFirst()
                return .end
            }
            if let end = received.firstIndex(of: 0x0A) {
                let line = String(decoding: received[..<end], as: UTF8.self)
                received.removeFirst(end + 1)
                return .line(line.composed)
            }
            var waits = [
                pollfd(fd: input, events: Int16(POLLIN), revents: 0),
                pollfd(fd: news.bell.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waits, 2, -1) > 0 else { continue }
            if waits[1].revents != 0 {
                news.bell.silence()
                if news.mustLeave { return .leave }
                if news.takeInterrupted() {
                    received = []
                    output.line()
                    return .interrupted
                }
                let notices = news.takeNotices()
                guard !notices.isEmpty else { continue }
                output.line()
                for notice in notices { output.write(notice) }
                output.write(prompt.text)
            }
            guard waits[0].revents != 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = Glibc.read(input, &buffer, buffer.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return .end }
            received += buffer[..<count]
        }
    }
}
