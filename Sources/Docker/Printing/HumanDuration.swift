/// Spans of time in docker's words (go-units `HumanDuration`).
enum HumanDuration {
    static func text(seconds: Double) -> String {
        let count = Int(seconds)
        switch count {
        case ..<1: return "Less than a second"
        case 1: return "1 second"
        case ..<60: return "\(count) seconds"
        default: break
        }
        let minutes = count / 60
        if minutes == 1 { return "About a minute" }
        if minutes < 60 { return "\(minutes) minutes" }
        let hours = Int((seconds / 3600).rounded())
        if hours == 1 { return "About an hour" }
        if hours < 48 { return "\(hours) hours" }
        if hours < 24 * 7 * 2 { return "\(hours / 24) days" }
        if hours < 24 * 30 * 2 { return "\(hours / 24 / 7) weeks" }
        if hours < 24 * 365 * 2 { return "\(hours / 24 / 30) months" }
        return "\(hours / 24 / 365) years"
    }
}
