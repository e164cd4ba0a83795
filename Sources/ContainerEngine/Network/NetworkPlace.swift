import ContainerRuntime

/// A network that a sandbox is in, or will be when it is ready.
struct NetworkPlace {
    let wanted: NetworkAttachment
    let plan: NetworkPlan
    /// What it got there, as long as it is connected.
    var endpoint: NetworkEndpoint?
}
