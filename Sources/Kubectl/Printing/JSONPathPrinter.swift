import Documents

/// `-o jsonpath=…`
struct JSONPathPrinter {
    let template: String
    let asJSON: Bool

    func text(_ document: JSONValue) throws -> String {
        throw Failure.message("jsonpath is not ready")
    }
}
