import ContainerRuntime

/// What has been heard of a pull or push: the layers in the order in which they were first named, each with its state.
struct TransferLog {
    private(set) var layers: [(name: String, step: TransferEvent.Step)] = []
    private var places: [String: Int] = [:]

    /// - Returns: the layer has come into another state, not only further in the same.
    mutating func apply(_ layer: String, _ step: TransferEvent.Step) -> Bool {
        guard let place = places[layer] else {
            places[layer] = layers.count
            layers.append((layer, step))
            return true
        }
        let old = layers[place].step
        layers[place].step = step
        return Self.word(old) != Self.word(step)
    }

    /// Docker's words for a state.
    static func word(_ step: TransferEvent.Step) -> String {
        switch step {
        case .pullingLayer: "Pulling fs layer"
        case .waiting: "Waiting"
        case .downloading: "Downloading"
        case .downloadComplete: "Download complete"
        case .extracting: "Extracting"
        case .pullComplete: "Pull complete"
        case .alreadyExists: "Already exists"
        case .preparing: "Preparing"
        case .pushing: "Pushing"
        case .pushed: "Pushed"
        case .mounted(let source): "Mounted from \(source)"
        }
    }

    /// The layer needs no more attention.
    static func isDone(_ step: TransferEvent.Step) -> Bool {
        switch step {
        case .pullComplete, .alreadyExists, .pushed, .mounted: true
        default: false
        }
    }
}
