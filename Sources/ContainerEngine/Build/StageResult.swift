import OCI

/// What a stage is after some of its steps.
struct StageState: Sendable {
    var configuration: ImageConfiguration
    /// Bottom first.
    var layers: [StoredLayer]
    /// Seconds since 1970: of the newest layer, or of the base image. It dates what makes no layer.
    var date: Int
    /// The image at the bottom.
    var parent: Digest?
    var ranSteps = 0
    var cachedSteps = 0

    /// What images built from a Dockerfile say in their history, whoever builds them.
    private static let comment = "buildkit.dockerfile.v0"

    var digests: [Digest] { layers.map(\.diffID) }

    /// Takes what a step has made.
    mutating func take(_ step: BuildStep, layer: StoredLayer?, date: Int) {
        let history = configuration.history
        let digests = configuration.layers
        configuration = step.configuration
        // The configuration of a step knows what it says, not what the steps before it have made.
        configuration.setLayers(digests)
        configuration.history = history
        if layer != nil { self.date = date }
        configuration.created = RFC3339.text(seconds: self.date)
        if let layer {
            layers.append(layer)
            configuration.append(layer: layer.diffID, createdBy: step.createdBy, comment: Self.comment)
        } else {
            configuration.appendHistory(createdBy: step.createdBy, isEmpty: true, comment: Self.comment)
        }
    }
}
