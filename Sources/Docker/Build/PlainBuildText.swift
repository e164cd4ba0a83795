import ContainerRuntime
import Terminal

/// The progress of a build as lines that are never redrawn, as `docker build --progress plain` prints them: each begins
/// with its step's number, and a step that speaks after another says its name again.
struct PlainBuildText {
    private var names: [Int: String] = [:]
    private var begins: [Int: Double] = [:]
    /// The step that spoke last.
    private var current: Int?
    /// Output that lacks the end of its line.
    private var rests: [Int: String] = [:]
    private var isAtStart = true
    /// When a download was last spoken of, by step and name.
    private var spoken: [String: (start: Double, last: Double)] = [:]
    /// Seconds between two lines about one download.
    private static let pace = 1.0

    /// The lines to print for an event.
    mutating func text(for event: BuildEvent) -> String {
        switch event.kind {
        case .planned, .warning: return ""
        case .began(let name):
            names[event.step] = name
            begins[event.step] = event.time
            return turn(to: event.step)
        case .detail(let text): return turn(to: event.step) + "#\(event.step) \(text)\n"
        case .transfer(let name, let current, let total, let isDone):
            let key = "\(event.step) \(name)"
            let known = spoken[key] ?? (event.time, event.time - Self.pace)
            guard isDone || event.time - known.last >= Self.pace else { return "" }
            spoken[key] = isDone ? nil : (known.start, event.time)
            let seconds = BuildSeconds.text(event.time - known.start)
            let sizes = TransferText.sizes(current: current, total: total)
            return turn(to: event.step)
                + "#\(event.step) \(BuildText.line(name))\(sizes) \(seconds)s\(isDone ? " done" : "")\n"
        case .output(let bytes):
            let lines = complete(String(decoding: bytes, as: UTF8.self), event.step)
            if lines.isEmpty { return "" }
            let seconds = BuildSeconds.text(event.time - (begins[event.step] ?? 0), decimals: 3)
            return turn(to: event.step) + lines.map { "#\(event.step) \(seconds) \($0)\n" }.joined()
        case .finished(let how):
            let seconds = BuildSeconds.text(event.time - (begins[event.step] ?? 0))
            var text = turn(to: event.step)
            if let rest = rests.removeValue(forKey: event.step), !rest.isEmpty {
                text +=
                    "#\(event.step) \(BuildSeconds.text(event.time - (begins[event.step] ?? 0), decimals: 3)) \(rest)\n"
            }
            switch how {
            case .done: text += "#\(event.step) DONE \(seconds)s\n"
            case .cached: text += "#\(event.step) CACHED\n"
            case .cancelled: text += "#\(event.step) CANCELED\n"
            case .failed(let message): text += "#\(event.step) ERROR: \(message)\n"
            }
            current = nil
            return text
        }
    }

    private mutating func turn(to step: Int) -> String {
        if current == step { return "" }
        let pause = current.map { "#\($0) ...\n" } ?? ""
        let gap = isAtStart ? "" : "\n"
        current = step
        isAtStart = false
        return pause + gap + "#\(step) \(names[step] ?? "")\n"
    }

    private mutating func complete(_ text: String, _ step: Int) -> [String] {
        var parts = ((rests[step] ?? "") + text).split(separator: "\n", omittingEmptySubsequences: false)
        rests[step] = parts.popLast().map(String.init) ?? ""
        return parts.map { BuildText.line(String($0)) }
    }
}
