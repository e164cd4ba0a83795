import Documents

/// One thing that was found on the live system.
struct ObservedItem: Sendable {
    /// Tells it from a later one of the same name: a uid, or a container's id and start.
    let identity: String
    let document: JSONValue
}

/// The live system could not be asked: neither right nor wrong.
struct ObservationError: Error, Sendable {
    let reason: String
}
