import Documents

/// `-o custom-columns=NAME:.metadata.name,…`
struct CustomColumns {
    let spec: String

    func text(_ document: JSONValue) throws -> String {
        throw Failure.message("custom-columns is not ready")
    }
}
