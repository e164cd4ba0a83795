extension Duration {
    /// The span as kubectl prints ages (`apimachinery/pkg/util/duration`): `5s`, `2m3s`, `45m`, `3h4m`, `30h`, `2d1h`,
    /// `40d`, `2y30d`, `9y`. Two units at most, the second only where the first is small; `0s` for a little in the
    /// future, `<invalid>` for more.
    public var humanText: String {
        let seconds = Int(components.seconds)
        if seconds < -1 { return "<invalid>" }
        if seconds < 0 { return "0s" }
        if seconds < 60 * 2 { return "\(seconds)s" }
        let minutes = seconds / 60
        func text(_ first: Int, _ firstUnit: String, _ second: Int, _ secondUnit: String) -> String {
            second == 0 ? "\(first)\(firstUnit)" : "\(first)\(firstUnit)\(second)\(secondUnit)"
        }
        if minutes < 10 { return text(minutes, "m", seconds % 60, "s") }
        if minutes < 60 * 3 { return "\(minutes)m" }
        let hours = minutes / 60
        if hours < 8 { return text(hours, "h", minutes % 60, "m") }
        if hours < 48 { return "\(hours)h" }
        if hours < 24 * 8 { return text(hours / 24, "d", hours % 24, "h") }
        let days = hours / 24
        if days < 365 * 2 { return "\(days)d" }
        if days < 365 * 8 { return text(days / 365, "y", days % 365, "d") }
        return "\(days / 365)y"
    }
}
