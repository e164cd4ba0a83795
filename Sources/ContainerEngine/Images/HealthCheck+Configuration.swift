import ContainerRuntime
import Documents

extension HealthCheck {
    /// The health check of an image's configuration; times there are nanoseconds, 0 leaves the default.
    init?(_ document: JSONValue) {
        let words = (document["Test"]?.array ?? []).compactMap(\.string)
        switch words.first {
        case "NONE": self.init(test: .none)
        case "CMD": self.init(test: .command(Array(words.dropFirst())))
        case "CMD-SHELL": self.init(test: .shell(words.dropFirst().joined(separator: " ")))
        default: return nil
        }
        func seconds(_ field: String, _ fallback: Double) -> Double {
            guard let nanoseconds = document[field]?.int, nanoseconds > 0 else { return fallback }
            return Double(nanoseconds) / 1e9
        }
        interval = seconds("Interval", interval)
        timeout = seconds("Timeout", timeout)
        startPeriod = seconds("StartPeriod", startPeriod)
        startInterval = seconds("StartInterval", startInterval)
        if let retries = document["Retries"]?.int, retries > 0 { self.retries = retries }
    }
}
