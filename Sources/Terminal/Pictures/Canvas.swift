import Glibc

/// What a picture is drawn on: how wide it may be, with which characters, in colour or not.
public struct Canvas: Sendable, Hashable {
    public enum Glyphs: Sendable, Hashable {
        /// Block elements, box drawing and braille.
        case unicode
        /// For terminals and fonts that have nothing else.
        case ascii
    }

    /// Columns a line may take; never fewer than 20.
    public var columns: Int
    public var glyphs: Glyphs
    public var style: Style

    /// More is tiring to read, and bars say nothing better by being longer.
    public static let widest = 100

    public init(columns: Int = 80, glyphs: Glyphs = .unicode, style: Style = Style(isEnabled: false)) {
        self.columns = min(max(columns, 20), Self.widest)
        self.glyphs = glyphs
        self.style = style
    }

    /// The canvas that whoever reads `output` sees: 80 columns where that is no terminal; plain characters where `TERM` is
    /// `dumb` or the locale of `environment` is one of ASCII alone (locale(7)).
    public init(_ output: OutputStream, environment: [String: String], style: Style) {
        let columns = TerminalSize(descriptor: output.descriptor).map { Int($0.columns) } ?? 80
        self.init(columns: columns, glyphs: Self.glyphs(environment), style: style)
    }

    static func glyphs(_ environment: [String: String]) -> Glyphs {
        if environment["TERM"] == "dumb" { return .ascii }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        // No locale set at all is a container or a service, whose reader shows UTF-8; "POSIX" was somebody's choice.
        guard let locale else { return .unicode }
        let plain = locale.lowercased()
        return plain == "posix" || plain.hasSuffix("ascii") || plain.hasSuffix("iso-8859-1") ? .ascii : .unicode
    }

    /// The one or the other, as the canvas has characters.
    public func pick(_ unicode: String, _ ascii: String) -> String { glyphs == .unicode ? unicode : ascii }

    /// `text` cut to `columns`, with a mark where something is missing.
    public func clipped(_ text: String, toColumns columns: Int) -> String {
        guard DisplayWidth.of(text) > columns else { return text }
        let mark = pick("…", "~")
        var width = 0
        var kept = ""
        for character in text {
            let step = DisplayWidth.of(String(character))
            if width + step > columns - 1 { break }
            kept.append(character)
            width += step
        }
        return columns > 0 ? kept + mark : ""
    }

    /// The colour of the series, box or group with this number.
    func coloured(_ text: String, _ index: Int) -> String {
        let palette: [Style.Attribute] = [.cyan, .yellow, .magenta, .green, .blue, .red]
        return style(text, palette[index % palette.count])
    }
}
