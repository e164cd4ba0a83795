import ContainerRuntime
import Terminal

/// The layers of a transfer as lines of a terminal, as docker draws them.
enum TransferScreen {
    private static let widestBar = 50
    private static let narrowestBar = 10

    /// - Parameters:
    ///   - columns, rows: of the terminal. Where not all layers have room, those that are done are counted instead.
    static func lines(_ log: TransferLog, columns: Int, rows: Int) -> [String] {
        // A line for the cursor, and one for what stands above.
        let room = max(2, rows - 2)
        let layers = log.layers
        guard layers.count > room else { return layers.map { line($0.name, $0.step, columns) } }
        let done = layers.count { TransferLog.isDone($0.step) }
        let open = layers.filter { !TransferLog.isDone($0.step) }.prefix(room - 1)
        return [cut("\(done)/\(layers.count) layers complete", columns)] + open.map { line($0.name, $0.step, columns) }
    }

    static func line(_ name: String, _ step: TransferEvent.Step, _ columns: Int) -> String {
        let head = "\(name): \(TransferLog.word(step))"
        switch step {
        case .downloading(let current, let total), .extracting(let current, let total),
            .pushing(let current, let total):
            let amount = "\(ByteSize.decimal(current))/\(ByteSize.decimal(total))"
            let room = min(widestBar, columns - 1 - DisplayWidth.of(head) - 5 - max(amount.utf8.count, 15))
            guard room >= narrowestBar else { return cut("\(head) \(amount)", columns) }
            return "\(head) [\(bar(current, total, room))] \(amount)"
        default: return cut(head, columns)
        }
    }

    /// `=====>    `
    private static func bar(_ current: Int, _ total: Int, _ width: Int) -> String {
        let done = total > 0 ? min(width, Int(Double(width) * Double(current) / Double(total))) : width
        guard done < width else { return String(repeating: "=", count: width - 1) + ">" }
        return String(repeating: "=", count: done) + ">" + String(repeating: " ", count: width - done - 1)
    }

    /// The last column stays free: some terminals break the line after it.
    private static func cut(_ text: String, _ columns: Int) -> String {
        guard DisplayWidth.of(text) >= columns else { return text }
        var result = ""
        for character in text {
            guard DisplayWidth.of(result) + DisplayWidth.of(String(character)) < columns - 1 else { break }
            result.append(character)
        }
        return result + "…"
    }
}
