import ContainerRuntime
import Terminal

/// The progress of a build as a screen that is drawn again and again in place.
struct BuildScreen {
    let style: Style
    /// Lines of output shown of a step that runs.
    static let outputLines = 6

    /// - Parameters:
    ///   - time: seconds since the build began.
    ///   - end: how it ended, if it has.
    func lines(_ log: BuildLog, time: Double, columns: Int, rows: Int, end: String? = nil) -> [String] {
        let seconds = BuildSeconds.text(time)
        let state = end ?? ""
        let head = "[+] Building \(seconds)s (\(log.doneCount)/\(log.total))\(state.isEmpty ? "" : " " + state)"
        var body: [(text: String, isRunning: Bool)] = []
        for step in log.steps {
            let isRunning = step.end == nil
            body.append((line(step, time, columns), isRunning))
            if isRunning {
                for transfer in step.transfers {
                    let time = BuildSeconds.text(time - transfer.begin) + "s"
                    body.append(
                        (Self.right(" => => \(BuildText.line(transfer.name))\(transfer.sizes)", time, columns), true))
                }
                for line in step.output.suffix(Self.outputLines) {
                    body.append((Self.cut(" => => # " + BuildText.line(line.text), columns), true))
                }
            }
        }
        // The header, and a line for the cursor.
        let room = max(3, rows - 2)
        if body.count > room {
            // What runs matters most; of the rest, the latest.
            var excess = body.count - room
            body = body.filter { line in
                if excess > 0, !line.isRunning {
                    excess -= 1
                    return false
                }
                return true
            }
            body = body.suffix(room)
        }
        return [Self.right(head, "kijabi", columns)] + body.map(\.text)
    }

    private func line(_ step: BuildLog.Step, _ now: Double, _ columns: Int) -> String {
        let time = BuildSeconds.text((step.end?.time ?? now) - step.begin) + "s"
        let (mark, color): (String, Style.Attribute?) =
            switch step.end?.how {
            case .cached: ("CACHED ", .blue)
            case .failed: ("ERROR ", .red)
            case .cancelled: ("CANCELED ", .yellow)
            case .done: ("", .blue)
            case nil: ("", nil)
            }
        let text = Self.right(" => " + mark + BuildText.line(step.name), time, columns)
        return color.map { style(text, $0) } ?? text
    }

    /// A text at the left, cut if it must be, and one at the right.
    private static func right(_ left: String, _ right: String, _ columns: Int) -> String {
        let room = max(10, columns - DisplayWidth.of(right) - 2)
        return cut(left, room).padded(toColumns: room) + " " + right
    }

    private static func cut(_ text: String, _ columns: Int) -> String {
        guard DisplayWidth.of(text) > columns else { return text }
        var width = 0
        var result = ""
        for character in text {
            let next = DisplayWidth.of(String(character))
            if width + next > columns - 1 { break }
            width += next
            result.append(character)
        }
        return result + "…"
    }
}
