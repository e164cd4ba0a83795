import Commands
import ContainerRuntime
import Synchronization
import Terminal

/// Prints what several containers say, each line behind the name of who says it: `web-1  | hello`.
final class LogPrinter: Sendable {
    private let output: OutputStream
    private let prefixes: [String: String]
    private let showsTime: Bool
    /// One line at a time, and what has not come to its newline yet, by name.
    private let open = Mutex<[String: [UInt8]]>([:])

    init(context: CommandContext, names: [String], showsPrefix: Bool, isColoured: Bool, showsTime: Bool = false) {
        output = context.output
        self.showsTime = showsTime
        let style = isColoured ? context.style : Style(isEnabled: false)
        let colours: [Style.Attribute] = [.cyan, .yellow, .green, .magenta, .blue]
        let width = names.map { DisplayWidth.of($0) }.max() ?? 0
        var prefixes: [String: String] = [:]
        for (index, name) in names.enumerated() where showsPrefix {
            prefixes[name] = style("\(name.padded(toColumns: width))  | ", colours[index % colours.count])
        }
        self.prefixes = prefixes
    }

    func write(_ line: LogLine, from name: String) {
        open.withLock { open in
            var bytes = open.removeValue(forKey: name) ?? []
            if bytes.isEmpty {
                bytes = Array((prefixes[name] ?? "").utf8)
                if showsTime { bytes += Array("\(TimeText.rfc3339(line.time)) ".utf8) }
            }
            bytes += line.bytes
            if bytes.last == UInt8(ascii: "\n") { output.write(bytes) } else { open[name] = bytes }
        }
    }

    /// A line of compose's own; before it, what somebody left without a newline.
    func note(_ text: String) {
        open.withLock { open in
            for bytes in open.values { output.write(bytes + [UInt8(ascii: "\n")]) }
            open = [:]
            output.line(text)
        }
    }

    func finish() {
        open.withLock { open in
            for (_, bytes) in open.sorted(by: { $0.key < $1.key }) { output.write(bytes + [UInt8(ascii: "\n")]) }
            open = [:]
        }
    }
}
